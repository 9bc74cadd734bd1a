
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'sotickets' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'sotickets'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'sotickets' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Fetch tickets by id and print them')
            [CompletionResult]::new('fields', 'fields', [CompletionResultType]::ParameterValue, 'List every ticket field, with type, unit, values and meaning')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Serve sample tickets on this machine, to try every option on')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in to SuperOffice Online, once for many calls')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Say which settings are in effect and what said each, and try them step by step')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of the program, or of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'sotickets;get' {
            [CompletionResult]::new('--ids-file', '--ids-file', [CompletionResultType]::ParameterName, 'Read further ids from a file')
            [CompletionResult]::new('--max-ids', '--max-ids', [CompletionResultType]::ParameterName, 'Refuse more ids than this')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask')
            [CompletionResult]::new('--select', '--select', [CompletionResultType]::ParameterName, 'Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print the tickets in this format [default: table]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print the tickets in this format [default: table]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print the tickets in this format [default: table]')
            [CompletionResult]::new('--out-file', '--out-file', [CompletionResultType]::ParameterName, 'Write to this file, whole or not at all; - is standard output')
            [CompletionResult]::new('--dates', '--dates', [CompletionResultType]::ParameterName, 'Show dates in this style [default: short; csv, tsv and jsonl: as-sent, or iso with an IANA zone]')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'Separate cells by this character instead (csv, tsv)')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour in a terminal, always or never [default: auto]')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'Fit the table into N columns [default: the terminal''s width; in a pipe nothing is cut]')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]')
            [CompletionResult]::new('--culture', '--culture', [CompletionResultType]::ParameterName, 'Ask for numbers and dates inside texts in this culture')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'Show dates in this time zone: Europe/Oslo, local, or the server''s own code (NO, US-NY)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file [default: its default_profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint')
            [CompletionResult]::new('--tenant', '--tenant', [CompletionResultType]::ParameterName, 'Ask this tenant of Online, wherever it is: Cust12345')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look the tenant up in this environment: online, sod, stage, or a stand-in''s https:// address [default: online]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Limit the connection with its TLS handshake to this time [default: 10s]')
            [CompletionResult]::new('--read-timeout', '--read-timeout', [CompletionResultType]::ParameterName, 'Limit silence while waiting or reading to this time [default: 60s]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Limit the whole command to this time; 0 is no limit [default: 0]')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Refuse an answer larger than this, after decompression [default: 2GiB]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none')
            [CompletionResult]::new('--proxy-password', '--proxy-password', [CompletionResultType]::ParameterName, 'Take the password of the proxy''s user from SRC')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, in place of the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Show the server the certificate in this PEM file, which may hold its key as well')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this PEM file')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Sign in as this user, with Basic (Onsite)')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Take the user''s password from SRC (Onsite)')
            [CompletionResult]::new('--ticket', '--ticket', [CompletionResultType]::ParameterName, 'Sign in with a SuperOffice ticket, as SOTicket')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Sign in with an access token, as Bearer (Online)')
            [CompletionResult]::new('--xsrf-token', '--xsrf-token', [CompletionResultType]::ParameterName, 'Sign in with the XSRF token of a browser session')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send the cookies of that browser session')
            [CompletionResult]::new('--app-token', '--app-token', [CompletionResultType]::ParameterName, 'Send an application token, beside any of them')
            [CompletionResult]::new('--allow-missing', '--allow-missing', [CompletionResultType]::ParameterName, 'Say what did not come back, and end with 0 all the same')
            [CompletionResult]::new('--any-field', '--any-field', [CompletionResultType]::ParameterName, 'Let --select name fields that this version does not know')
            [CompletionResult]::new('--no-header', '--no-header', [CompletionResultType]::ParameterName, 'Leave the header line out (csv, tsv)')
            [CompletionResult]::new('--bom', '--bom', [CompletionResultType]::ParameterName, 'Begin with a byte-order mark, for Excel (csv, tsv)')
            [CompletionResult]::new('--guard-formulas', '--guard-formulas', [CompletionResultType]::ParameterName, 'Keep text from running as a formula in a spreadsheet (csv, tsv)')
            [CompletionResult]::new('--no-trunc', '--no-trunc', [CompletionResultType]::ParameterName, 'Cut nothing, however narrow the terminal')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Trust any certificate: whoever answers can read the credential')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Let a credential travel over http:// to another machine')
            [CompletionResult]::new('--no-auth', '--no-auth', [CompletionResultType]::ParameterName, 'Send no credential, for a gateway that adds one')
            [CompletionResult]::new('--demo', '--demo', [CompletionResultType]::ParameterName, 'Ask the built-in sample server, started for this one call')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Send nothing; print the request as a curl command')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show the request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show the request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;fields' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print them in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print them in this format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print them in this format')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'Fit the table into N columns [default: the terminal''s width; in a pipe nothing is wrapped]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;demo' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Serve at this port; 0 is a free one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;auth' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in to SuperOffice Online with the browser, and keep the sign-in')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say who is signed in, where, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget the sign-in, and have it revoked where the service knows how')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'sotickets;auth;login' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file [default: its default_profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Sign in for this application, by the id that SuperOffice gave it')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Take the application''s secret from SRC, where it has one')
            [CompletionResult]::new('--tenant', '--tenant', [CompletionResultType]::ParameterName, 'Sign in to this tenant, without being asked for one: Cust12345')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Sign in here: online, sod, stage, or the address of what stands in for them [default: online]')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Keep the tokens here')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait this long for the browser; 0 is no limit')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none')
            [CompletionResult]::new('--proxy-password', '--proxy-password', [CompletionResultType]::ParameterName, 'Take the password of the proxy''s user from SRC')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, in place of the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Show the server the certificate in this PEM file, which may hold its key as well')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this PEM file')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Open no browser; print the address to open in one on this machine')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show each request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show each request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Trust any certificate: whoever answers can read the credential')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;auth;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file [default: its default_profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'sotickets;auth;logout' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file [default: its default_profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none')
            [CompletionResult]::new('--proxy-password', '--proxy-password', [CompletionResultType]::ParameterName, 'Take the password of the proxy''s user from SRC')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, in place of the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Show the server the certificate in this PEM file, which may hold its key as well')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this PEM file')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show each request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show each request and the answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Trust any certificate: whoever answers can read the credential')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;auth;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in to SuperOffice Online with the browser, and keep the sign-in')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say who is signed in, where, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget the sign-in, and have it revoked where the service knows how')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'sotickets;auth;help;login' {
            break
        }
        'sotickets;auth;help;status' {
            break
        }
        'sotickets;auth;help;logout' {
            break
        }
        'sotickets;auth;help;help' {
            break
        }
        'sotickets;doctor' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Print settings and checks in this format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Print settings and checks in this format')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print settings and checks in this format')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]')
            [CompletionResult]::new('--culture', '--culture', [CompletionResultType]::ParameterName, 'Ask for numbers and dates inside texts in this culture')
            [CompletionResult]::new('--timezone', '--timezone', [CompletionResultType]::ParameterName, 'Show dates in this time zone: Europe/Oslo, local, or the server''s own code (NO, US-NY)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile of the configuration file [default: its default_profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint')
            [CompletionResult]::new('--tenant', '--tenant', [CompletionResultType]::ParameterName, 'Ask this tenant of Online, wherever it is: Cust12345')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look the tenant up in this environment: online, sod, stage, or a stand-in''s https:// address [default: online]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one')
            [CompletionResult]::new('--connect-timeout', '--connect-timeout', [CompletionResultType]::ParameterName, 'Limit the connection with its TLS handshake to this time [default: 10s]')
            [CompletionResult]::new('--read-timeout', '--read-timeout', [CompletionResultType]::ParameterName, 'Limit silence while waiting or reading to this time [default: 60s]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Limit the whole command to this time; 0 is no limit [default: 0]')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Refuse an answer larger than this, after decompression [default: 2GiB]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]')
            [CompletionResult]::new('--proxy', '--proxy', [CompletionResultType]::ParameterName, 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none')
            [CompletionResult]::new('--proxy-password', '--proxy-password', [CompletionResultType]::ParameterName, 'Take the password of the proxy''s user from SRC')
            [CompletionResult]::new('--cacert', '--cacert', [CompletionResultType]::ParameterName, 'Trust the certificates in this PEM file, in place of the system''s')
            [CompletionResult]::new('--client-cert', '--client-cert', [CompletionResultType]::ParameterName, 'Show the server the certificate in this PEM file, which may hold its key as well')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Take the key of --client-cert from this PEM file')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Sign in as this user, with Basic (Onsite)')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Take the user''s password from SRC (Onsite)')
            [CompletionResult]::new('--ticket', '--ticket', [CompletionResultType]::ParameterName, 'Sign in with a SuperOffice ticket, as SOTicket')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Sign in with an access token, as Bearer (Online)')
            [CompletionResult]::new('--xsrf-token', '--xsrf-token', [CompletionResultType]::ParameterName, 'Sign in with the XSRF token of a browser session')
            [CompletionResult]::new('--cookie', '--cookie', [CompletionResultType]::ParameterName, 'Send the cookies of that browser session')
            [CompletionResult]::new('--app-token', '--app-token', [CompletionResultType]::ParameterName, 'Send an application token, beside any of them')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Send nothing: say which settings are in effect, and no more')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show each request and its answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show each request and its answer''s status, sizes and times on standard error')
            [CompletionResult]::new('--insecure', '--insecure', [CompletionResultType]::ParameterName, 'Trust any certificate: whoever answers can read the credential')
            [CompletionResult]::new('--allow-plain-http', '--allow-plain-http', [CompletionResultType]::ParameterName, 'Let a credential travel over http:// to another machine')
            [CompletionResult]::new('--no-auth', '--no-auth', [CompletionResultType]::ParameterName, 'Send no credential, for a gateway that adds one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'sotickets;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'sotickets;man' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'sotickets;help' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Fetch tickets by id and print them')
            [CompletionResult]::new('fields', 'fields', [CompletionResultType]::ParameterValue, 'List every ticket field, with type, unit, values and meaning')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Serve sample tickets on this machine, to try every option on')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in to SuperOffice Online, once for many calls')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Say which settings are in effect and what said each, and try them step by step')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of the program, or of a command')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'sotickets;help;get' {
            break
        }
        'sotickets;help;fields' {
            break
        }
        'sotickets;help;demo' {
            break
        }
        'sotickets;help;auth' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in to SuperOffice Online with the browser, and keep the sign-in')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say who is signed in, where, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Forget the sign-in, and have it revoked where the service knows how')
            break
        }
        'sotickets;help;auth;login' {
            break
        }
        'sotickets;help;auth;status' {
            break
        }
        'sotickets;help;auth;logout' {
            break
        }
        'sotickets;help;doctor' {
            break
        }
        'sotickets;help;completions' {
            break
        }
        'sotickets;help;man' {
            break
        }
        'sotickets;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
