class Sotickets < Formula
  desc "Fetches SuperOffice Service tickets by id"
  homepage "@repository@"
  version "@version@"
  license "@license@"

  on_macos do
    on_arm do
      url "@repository@/releases/download/v@version@/sotickets-@version@-aarch64-apple-darwin.tar.gz"
      sha256 "@sha256 aarch64-apple-darwin@"
    end
    on_intel do
      url "@repository@/releases/download/v@version@/sotickets-@version@-x86_64-apple-darwin.tar.gz"
      sha256 "@sha256 x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@repository@/releases/download/v@version@/sotickets-@version@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@sha256 aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@repository@/releases/download/v@version@/sotickets-@version@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@sha256 x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "sotickets"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/sotickets.bash" => "sotickets"
    zsh_completion.install "completions/_sotickets"
    fish_completion.install "completions/sotickets.fish"
    pkgshare.install "completions"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/sotickets --version")
    assert_match "TicketId\n839\n", shell_output("#{bin}/sotickets get 839 --demo -o csv --select TicketId")
  end
end
