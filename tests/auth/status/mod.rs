//! `auth status`: the list of all profiles, what is damaged, and the check.

mod check;
mod damage;
mod list;

use super::login_profile::Person;

/// Four profiles of different kinds.
const FOUR: &str = "default_profile = \"office\"

[profiles.office]
url = \"https://crm.example.com/SuperOffice\"
user = \"tim\"
password = \"stored\"

[profiles.online]
tenant = \"Cust12345\"

[profiles.nightly]
tenant = \"Cust67890\"
environment = \"sod\"
system_user = { token = \"env:SU_TOKEN\", private_key = \"file:key.pem\", application_token = \"env:SU_APPLICATION_TOKEN\" }

[profiles.helper]
url = \"https://online3.superoffice.com/Cust12345\"
token = \"command:my-token-helper Cust12345\"
";

/// A stored sign-in whose access token ends at `expires`; with `refresh` it can be renewed.
fn session(expires: &str, refresh: bool) -> String {
    let refresh = if refresh { "\"refreshcanary\"" } else { "null" };
    format!(
        r#"{{"service":"https://online.superoffice.com","client_id":"4ref5376616343b38d14ddcd804f2654","tenant":"Cust12345","url":"https://online3.superoffice.com/Cust12345/api/","user":"tim@example.com","since":"2026-01-05T08:20:11Z","place":{{"file":{{"access_token":"8A:accesscanary","expires":"{expires}","refresh_token":{refresh},"client_secret":"secretcanary"}}}}}}"#
    )
}

impl Person {
    /// Writes a file into the state folder.
    fn keep(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.state()).expect("a folder");
        std::fs::write(self.state().join(name), text).expect("a file");
    }

    /// Returns a person with the profiles of [`FOUR`], for each of which the secrets are there.
    fn with_four_profiles() -> Self {
        let person = Self::with_configuration(FOUR);
        person.keep("secret-office%2Fpassword", "passwordcanary");
        person.keep("sign-in-online.json", &session("2026-01-05T09:20:11Z", true));
        std::fs::write(person.configuration_file().with_file_name("key.pem"), "keycanary")
            .expect("a file");
        person
    }

    /// Returns `auth status` with the variables of the profile `nightly`.
    fn status(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = self.command(&[&["auth", "status"], arguments].concat());
        command.env("SU_TOKEN", "tokencanary").env("SU_APPLICATION_TOKEN", "applicationcanary");
        command
    }
}
