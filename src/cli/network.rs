//! The options for retries, proxies, TLS and progress.

use std::path::PathBuf;

use clap::Args;

use super::heading::NETWORK;

/// The options for retries, proxies, TLS and progress.
#[derive(Clone, Debug, Default, Args)]
pub struct NetworkArgs {
    /// Repeat a call that fails up to N times [default: 0]
    ///
    /// A failed connection and the statuses 429, 502, 503 and 504 are repeated. Waits grow from half a second and vary, so that many clients do not come back at
    /// once. A `Retry-After` of the server is respected up to 60 s. Each wait is reported on
    /// standard error.
    #[arg(long, value_name = "N", help_heading = NETWORK)]
    pub retries: Option<String>,

    #[allow(rustdoc::broken_intra_doc_links, reason = "its brackets are those of a usage line")]
    /// Use this proxy: http://[NAME@]HOST[:PORT]; '' for none
    ///
    /// The scheme may also be https, socks5 or socks5h. Without this option, SOTICKETS_PROXY and the key of a profile, the proxy is that of HTTPS_PROXY (for https:// addresses) or
    /// HTTP_PROXY (for http://), or else of ALL_PROXY, in upper or lower case. These
    /// variables are ignored for addresses of this machine. NO_PROXY lists hosts without a
    /// proxy: corp.example with its subdomains, *.corp.example for its subdomains only,
    /// HOST:PORT, an address or a network. The default port is that of curl: 443 for https,
    /// else 1080. socks:// means socks5h://.
    #[arg(long, value_name = "URL", help_heading = NETWORK)]
    pub proxy: Option<String>,

    /// Take the password of the proxy's user from SRC
    #[arg(long, value_name = "SRC", help_heading = NETWORK, hide_short_help = true)]
    pub proxy_password: Option<String>,

    /// Trust the certificates in this PEM file
    ///
    /// They replace the system's.
    #[arg(long, value_name = "FILE", help_heading = NETWORK)]
    pub cacert: Option<PathBuf>,

    /// Present the certificate in this PEM file to the server; the file may also contain its key
    #[arg(long, value_name = "FILE", help_heading = NETWORK, hide_short_help = true)]
    pub client_cert: Option<PathBuf>,

    /// Take the key of --client-cert from this PEM file
    #[arg(long, value_name = "FILE", help_heading = NETWORK, hide_short_help = true)]
    pub client_key: Option<PathBuf>,

    /// Trust any certificate; whoever answers can read the credential
    #[arg(long, help_heading = NETWORK, hide_short_help = true)]
    pub insecure: bool,

    /// Show no progress of a long call at a terminal
    #[arg(long, help_heading = NETWORK, hide_short_help = true)]
    pub no_progress: bool,
}
