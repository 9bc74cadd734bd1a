//! The set-ups that these tests check, and the output of `doctor`.

use crate::support::site::{Conduct, Site};
use crate::support::tls::{Authority, Folder};
use crate::support::{Run, sotickets};

pub(crate) const TOKEN: &str = "8A:canary";

/// Runs `doctor` for `url` with all checks. The settings at the beginning of the output are left
/// out; settings.rs has tests for them.
pub(crate) fn doctor(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["doctor", "--all", "--url", url]).args(arguments).env("SOTICKETS_TOKEN", TOKEN);
    checks(Run::of(&mut command))
}

/// The same for a tenant of `service`.
pub(crate) fn of_tenant(service: &Site, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["doctor", "--all", "--tenant", "Cust12345", "--environment", &service.url]);
    checks(Run::of(command.args(arguments).env("SOTICKETS_TOKEN", TOKEN)))
}

pub(crate) fn checks(run: Run) -> Run {
    assert!(!format!("{run}").contains("canary"), "{run}");
    match run.stdout.split_once("\n\n") {
        Some((_, checks)) => Run { stdout: checks.to_owned(), ..run },
        None => run,
    }
}

/// A TLS server with a certificate of an authority that `--cacert` names.
pub(crate) struct Trusted {
    pub(crate) site: Site,
    pub(crate) bundle: String,
    _folder: Folder,
}

impl Trusted {
    pub(crate) fn new(
        conduct: Conduct,
        change: impl FnOnce(&mut rcgen::CertificateParams),
    ) -> Self {
        let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
        let bundle = folder.file("ca.pem", &authority.pem);
        let site = Site::start_tls(authority.issue(&["localhost"], change).config(None), conduct);
        Self { site, bundle, _folder: folder }
    }

    pub(crate) fn doctor(&self, arguments: &[&str]) -> Run {
        doctor(&self.site.url, &[&["--cacert", &self.bundle], arguments].concat())
    }

    /// Returns `run` without the parts that depend on the machine and the day.
    pub(crate) fn shown(&self, run: &Run) -> String {
        let text = self.site.shown(run);
        let text = text.replace("localhost is 127.0.0.1, ::1", "localhost is 127.0.0.1");
        let text = text.replace("localhost is ::1, 127.0.0.1", "localhost is 127.0.0.1");
        let Some((start, rest)) = text.split_once("4096-01-01, in ") else { return text };
        let (_, end) = rest.split_once(" days").expect("a number of days");
        format!("{start}4096-01-01, in DAYS days{end}")
    }
}

pub(crate) fn days(days: i64) -> impl FnOnce(&mut rcgen::CertificateParams) {
    move |params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        let now = std::time::SystemTime::now();
        let passed = now.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let since = i64::try_from(passed).expect("seconds") / 86_400 + days + 1;
        let date = chrono::DateTime::from_timestamp(since * 86_400, 0).expect("a date");
        let part = |format: &str| date.format(format).to_string().parse::<i32>().expect("a number");
        let part8 = |format: &str| u8::try_from(part(format)).expect("a small number");
        params.not_after = rcgen::date_time_ymd(part("%Y"), part8("%m"), part8("%d"));
    }
}
