//! The redirect of a sign-in: its address, GET and POST, connections that send nothing, and
//! the address that is pasted.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

#[cfg(unix)]
use crate::support::fault::documented;
#[cfg(unix)]
use crate::support::limits::{idle_connections, limited};
use crate::support::online_server::OnlineServer;
use crate::support::online_server::sign_in::INVALID_REDIRECT;
use crate::support::online_server::test_user::{TestUser, Waiting};
use crate::support::tcp_server;

#[test]
fn redirect_address_is_sent_as_it_is_registered() {
    for (option, pattern, back) in [
        ("http://127.0.0.1:0", r"^http://127.0.0.1\:\d{4,10}$", "http://127.0.0.1:"),
        (
            "http://127.0.0.1/callback",
            r"^http://127.0.0.1\:\d{4,10}/callback$",
            "http://127.0.0.1:",
        ),
        (
            "http://localhost/callback",
            r"^http://localhost\:\d{4,10}/callback$",
            "http://localhost:",
        ),
    ] {
        let service = OnlineServer::tls();
        service.state().sign_in.redirects = vec![pattern.to_owned()];
        let test_user = TestUser::new(&service);
        let waiting = test_user.begin(&["--redirect-uri", option]);
        let redirect = waiting.parameter("redirect_uri").expect("an address");
        assert!(redirect.starts_with(back), "{redirect}");
        let page = test_user.browse(waiting.url.as_str());
        assert!(page.body.contains("You are signed in"), "{}", page.body);
        let run = waiting.end();
        assert_eq!((run.code, service.exchanges("authorization_code")), (0, 1), "{run}");
    }
}

#[test]
fn redirect_address_with_a_port_comes_from_variable_or_profile() {
    let service = OnlineServer::tls();
    let port = tcp_server::free_port();
    service.state().sign_in.redirects = vec![format!(r"^http://127.0.0.1\:{port}/callback$")];
    let test_user = TestUser::new(&service);
    let address = format!("http://127.0.0.1:{port}/callback");
    let login = ["auth", "login", "--no-browser", "--store", "file"];
    let mut by_variable = test_user.command(&login);
    by_variable.env("SOTICKETS_REDIRECT_URI", &address);
    let folder = test_user.home.path().join("config/sotickets");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!("[profiles.work]\nredirect_uri = \"{address}\"\n");
    std::fs::write(folder.join("config.toml"), text).expect("a file");
    let by_profile = test_user.command(&[&login[..], &["--profile", "work"]].concat());
    for command in [by_variable, by_profile] {
        let waiting = Waiting::start(command);
        assert_eq!(waiting.parameter("redirect_uri").as_deref(), Some(address.as_str()));
        test_user.browse(waiting.url.as_str());
        assert_eq!(waiting.end().code, 0);
    }
}

#[test]
fn busy_port_is_an_error_before_anything_is_sent() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let address = format!("http://127.0.0.1:{port}/callback");
    let run = test_user.run(&[
        "auth",
        "login",
        "--no-browser",
        "--store",
        "file",
        "--redirect-uri",
        &address,
    ]);
    insta::assert_snapshot!(test_user.shown(&run).replace(&port.to_string(), "PORT"), @"
    --- stderr
    error: the port PORT of the redirect address http://127.0.0.1:PORT/callback is in use by another program
    hint: end that program, or register a redirect address without a fixed port; nothing was sent
    --- exit code 2
    ");
    assert_eq!(service.requests().len(), 0);
}

#[test]
fn redirect_address_that_is_not_registered_is_named_when_the_time_is_over() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let waiting =
        test_user.begin(&["--timeout", "3s", "--redirect-uri", "http://127.0.0.1/callback"]);
    let page = test_user.browse(waiting.url.as_str());
    assert_eq!((page.status, page.body.as_str()), (400, INVALID_REDIRECT));
    let run = waiting.end();
    insta::assert_snapshot!(test_user.shown(&run), @r"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    error: nobody signed in within 3s
    hint: if the browser showed InvalidRedirectUrl, have this redirect address registered with SuperOffice for the application: ^http://127.0.0.1\:\d{4,10}/callback$
    hint: or name the one that is registered: --redirect-uri http://127.0.0.1:PORT/PATH
    hint: --timeout 15m waits longer; nothing was kept
    --- exit code 4
    ");
    assert_eq!(service.exchanges("authorization_code"), 0);
}

#[test]
fn code_that_is_posted_is_taken_with_the_same_checks() {
    let service = OnlineServer::tls();
    service.state().sign_in.posts = true;
    service.state().sign_in.response_modes = Some(vec!["form_post"]);
    let test_user = TestUser::new(&service);
    let waiting = test_user.begin(&[]);
    assert_eq!(waiting.parameter("response_mode"), None);
    let back = waiting.parameter("redirect_uri").expect("an address");
    let issuer = "&iss=https://evil.example";
    let state = waiting.parameter("state").expect("a state");
    for form in [
        "code=stolen&state=wrong",
        "code=stolen",
        "",
        &format!("code=stolen&state={state}{issuer}"),
        &format!("code=stolen&state={state}&state={state}"),
    ] {
        assert_eq!(test_user.post(&back, form).status, 400, "{form}");
        // The query of a POST does not count.
        assert_eq!(test_user.post(&format!("{back}/?code=stolen&state={state}"), form).status, 400);
    }
    let large = format!("code=stolen&state={state}&a={}", "a".repeat(65 * 1024));
    assert_eq!(test_user.post(&back, &large).status, 413);
    let port = back.rsplit_once(':').expect("a port").1;
    let head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n";
    let odd = exchange(port, &format!("{head}content-type: text/plain\r\n\r\ncode=stolen"));
    assert!(odd.starts_with("HTTP/1.1 415 "), "{odd}");
    // The form never comes to its end.
    let kind = "content-type: application/x-www-form-urlencoded";
    let slow = exchange(port, &format!("{head}{kind}\r\n\r\ncode=stolen"));
    assert!(slow.starts_with("HTTP/1.1 408 "), "{slow}");
    assert_eq!(service.exchanges("authorization_code"), 0);
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert_eq!((waiting.end().code, service.exchanges("authorization_code")), (0, 1));
}

/// Sends `request` unchanged, and reads to the end.
fn exchange(port: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("a connection");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn response_mode_is_named_only_where_discovery_lists_query() {
    for (modes, expected) in [
        (None, None),
        (Some(vec!["fragment"]), None),
        (Some(vec!["form_post", "query"]), Some("query")),
    ] {
        let service = OnlineServer::tls();
        service.state().sign_in.response_modes = modes;
        let test_user = TestUser::new(&service);
        let waiting = test_user.begin(&[]);
        assert_eq!(waiting.parameter("response_mode").as_deref(), expected);
        test_user.browse(waiting.url.as_str());
        assert_eq!(waiting.end().code, 0);
    }
}

#[cfg(unix)]
#[test]
fn idle_connections_do_not_keep_the_browser_from_its_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let login = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    let waiting = Waiting::start(limited("-n 64", &login));
    let back = waiting.parameter("redirect_uri").expect("an address");
    let idle = idle_connections(&back);
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    let run = waiting.end();
    assert_eq!(run.code, 0, "{run}");
    drop(idle);
    documented("120 idle connections at the way back of a sign-in", 0, "signed in");
}

#[cfg(unix)]
#[test]
fn address_that_is_pasted_at_the_prompt_ends_the_sign_in() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let Ok((mut controller, terminal)) = crate::support::pty::open(80) else {
        return crate::support::skip("this machine gives no pseudo-terminal");
    };
    let login = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    let waiting = Waiting::start_with_input(login, terminal.into());
    let back = waiting.parameter("redirect_uri").expect("an address");
    let last = test_user.allow(waiting.url.as_str()).location.expect("an address");
    for line in ["", "http://127.0.0.1/?code=stolen&state=wrong", &format!(" \"{last}\" ")] {
        controller.write_all(format!("{line}\n").as_bytes()).expect("entered");
    }
    let run = waiting.end();
    insta::assert_snapshot!(test_user.shown(&run).replace(&back, "REDIRECT"), @"
    --- stderr
    Open this address in a browser on this machine; Ctrl-C ends the wait:
    With a browser on another machine, paste the address that it ends at here. It begins with REDIRECT
    warning: this is not the end of this sign-in; paste the whole address, with its code and state
    ok       credential  the token of the sign-in (Bearer) is accepted
    signed in to Cust12345 as tim@example.com; kept in HOME/state/sotickets/sign-in-%43ust12345.json
    profile 'Cust12345', the default, is in HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    assert_eq!(service.exchanges("authorization_code"), 1);
}

#[cfg(unix)]
#[test]
fn end_of_input_at_the_prompt_does_not_end_the_wait() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let Ok((controller, terminal)) = crate::support::pty::open(80) else {
        return crate::support::skip("this machine gives no pseudo-terminal");
    };
    let login = test_user.command(&["auth", "login", "--no-browser", "--store", "file"]);
    let waiting = Waiting::start_with_input(login, terminal.into());
    drop(controller);
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    let run = waiting.end();
    assert!(run.code == 0 && run.stderr.contains("\nWith a browser on another machine, "), "{run}");
}
