//! How `sotickets get` reaches the server, as typed.

use std::path::PathBuf;

use clap::Args;

use super::get::CONNECTION;

/// The options of `get` for retries, proxies and TLS.
#[derive(Clone, Debug, Default, Args)]
pub struct NetworkArgs {
    /// Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]
    ///
    /// Waits grow from half a second and vary, so that many clients do not come
    /// back at once. A `Retry-After` of the server's is waited for, up to 60 s. Each
    /// wait is told on standard error; --timeout limits all tries together.
    #[arg(long, value_name = "N", help_heading = CONNECTION)]
    pub retries: Option<String>,

    #[allow(rustdoc::broken_intra_doc_links, reason = "its brackets are those of a usage line")]
    /// Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '' for none
    ///
    /// Without it HTTPS_PROXY or HTTP_PROXY, by the address, and ALL_PROXY name one,
    /// in either case; those do not count for an address of this machine. NO_PROXY
    /// lists hosts that are reached without: corp.example with the names below it,
    /// *.corp.example for those names alone, HOST:PORT, an address or a network. Ports
    /// are as in curl: 443 for https, or else 1080. socks:// is read as socks5h://.
    #[arg(long, value_name = "URL", help_heading = CONNECTION)]
    pub proxy: Option<String>,

    /// Take the password of the proxy's user from SRC
    #[arg(long, value_name = "SRC", help_heading = CONNECTION, hide_short_help = true)]
    pub proxy_password: Option<String>,

    /// Trust the certificates in this PEM file, in place of the system's
    #[arg(long, value_name = "FILE", help_heading = CONNECTION, hide_short_help = true)]
    pub cacert: Option<PathBuf>,

    /// Show the server the certificate in this PEM file, which may hold its key as well
    #[arg(long, value_name = "FILE", help_heading = CONNECTION, hide_short_help = true)]
    pub client_cert: Option<PathBuf>,

    /// Take the key of --client-cert from this PEM file
    #[arg(long, value_name = "FILE", help_heading = CONNECTION, hide_short_help = true)]
    pub client_key: Option<PathBuf>,

    /// Trust any certificate: whoever answers can read the credential
    #[arg(long, help_heading = CONNECTION, hide_short_help = true)]
    pub insecure: bool,
}
