//! Where the tenant is, and its endpoint, for whoever has a token that holds.

use serde_json::json;

use super::{Reply, Seen, State, TENANT};

pub(super) fn tickets(state: &mut State, seen: &Seen) -> Reply {
    let now = state.now();
    let token = seen.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let holds = token.and_then(|token| state.access.get(token)).is_some_and(|end| now < *end);
    if !holds {
        return Reply::new(
            state.refused_with,
            "application/json",
            r#"{"Message":"The token has expired."}"#,
        );
    }
    Reply::new(200, "application/json", r#"[{"TicketId":839,"Title":"Printer"}]"#)
}

/// Says where the tenant is.
pub(super) fn place(state: &State) -> Reply {
    let endpoint = format!("{}/{TENANT}", state.address);
    Reply::json(
        200,
        &json!({
            "ContextIdentifier": TENANT,
            "Endpoint": endpoint,
            "State": "Running",
            "IsRunning": true,
            "ValidUntil": "2999-01-01T00:00:00Z",
            "Api": format!("{endpoint}/api"),
        }),
    )
}
