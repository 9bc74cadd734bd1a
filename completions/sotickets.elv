
use builtin;
use str;

set edit:completion:arg-completer[sotickets] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'sotickets'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'sotickets'= {
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand get 'Fetch tickets by id and print them'
            cand fields 'List every ticket field, with type, unit, values and meaning'
            cand demo 'Serve sample tickets on this machine, to try every option on'
            cand auth 'Sign in to SuperOffice Online, once for many calls'
            cand doctor 'Say which settings are in effect and what said each, and try them step by step'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the manual page of the program, or of a command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'sotickets;get'= {
            cand --ids-file 'Read further ids from a file'
            cand --max-ids 'Refuse more ids than this'
            cand -s 'Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask'
            cand --select 'Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask'
            cand -o 'Print the tickets in this format [default: table]'
            cand --output 'Print the tickets in this format [default: table]'
            cand --format 'Print the tickets in this format [default: table]'
            cand --out-file 'Write to this file, whole or not at all; - is standard output'
            cand --dates 'Show dates in this style [default: short; csv, tsv and jsonl: as-sent, or iso with an IANA zone]'
            cand --delimiter 'Separate cells by this character instead (csv, tsv)'
            cand --color 'Use colour in a terminal, always or never [default: auto]'
            cand --width 'Fit the table into N columns [default: the terminal''s width; in a pipe nothing is cut]'
            cand --language 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]'
            cand --culture 'Ask for numbers and dates inside texts in this culture'
            cand --timezone 'Show dates in this time zone: Europe/Oslo, local, or the server''s own code (NO, US-NY)'
            cand --profile 'Use this profile of the configuration file [default: its default_profile]'
            cand --config 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]'
            cand --url 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint'
            cand --tenant 'Ask this tenant of Online, wherever it is: Cust12345'
            cand --environment 'Look the tenant up in this environment: online, sod, stage, or a stand-in''s https:// address [default: online]'
            cand -H 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one'
            cand --header 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one'
            cand --connect-timeout 'Limit the connection with its TLS handshake to this time [default: 10s]'
            cand --read-timeout 'Limit silence while waiting or reading to this time [default: 60s]'
            cand --timeout 'Limit the whole command to this time; 0 is no limit [default: 0]'
            cand --max-bytes 'Refuse an answer larger than this, after decompression [default: 2GiB]'
            cand --retries 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]'
            cand --proxy 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none'
            cand --proxy-password 'Take the password of the proxy''s user from SRC'
            cand --cacert 'Trust the certificates in this PEM file, in place of the system''s'
            cand --client-cert 'Show the server the certificate in this PEM file, which may hold its key as well'
            cand --client-key 'Take the key of --client-cert from this PEM file'
            cand --user 'Sign in as this user, with Basic (Onsite)'
            cand --password 'Take the user''s password from SRC (Onsite)'
            cand --ticket 'Sign in with a SuperOffice ticket, as SOTicket'
            cand --token 'Sign in with an access token, as Bearer (Online)'
            cand --xsrf-token 'Sign in with the XSRF token of a browser session'
            cand --cookie 'Send the cookies of that browser session'
            cand --app-token 'Send an application token, beside any of them'
            cand --allow-missing 'Say what did not come back, and end with 0 all the same'
            cand --any-field 'Let --select name fields that this version does not know'
            cand --no-header 'Leave the header line out (csv, tsv)'
            cand --bom 'Begin with a byte-order mark, for Excel (csv, tsv)'
            cand --guard-formulas 'Keep text from running as a formula in a spreadsheet (csv, tsv)'
            cand --no-trunc 'Cut nothing, however narrow the terminal'
            cand --insecure 'Trust any certificate: whoever answers can read the credential'
            cand --allow-plain-http 'Let a credential travel over http:// to another machine'
            cand --no-auth 'Send no credential, for a gateway that adds one'
            cand --demo 'Ask the built-in sample server, started for this one call'
            cand --dry-run 'Send nothing; print the request as a curl command'
            cand -v 'Show the request and the answer''s status, sizes and times on standard error'
            cand --verbose 'Show the request and the answer''s status, sizes and times on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;fields'= {
            cand -o 'Print them in this format'
            cand --output 'Print them in this format'
            cand --format 'Print them in this format'
            cand --width 'Fit the table into N columns [default: the terminal''s width; in a pipe nothing is wrapped]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;demo'= {
            cand --port 'Serve at this port; 0 is a free one'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;auth'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand login 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
            cand status 'Say who is signed in, where, and until when'
            cand logout 'Forget the sign-in, and have it revoked where the service knows how'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'sotickets;auth;login'= {
            cand --profile 'Use this profile of the configuration file [default: its default_profile]'
            cand --config 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]'
            cand --client-id 'Sign in for this application, by the id that SuperOffice gave it'
            cand --client-secret 'Take the application''s secret from SRC, where it has one'
            cand --tenant 'Sign in to this tenant, without being asked for one: Cust12345'
            cand --environment 'Sign in here: online, sod, stage, or the address of what stands in for them [default: online]'
            cand --store 'Keep the tokens here'
            cand --timeout 'Wait this long for the browser; 0 is no limit'
            cand --retries 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]'
            cand --proxy 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none'
            cand --proxy-password 'Take the password of the proxy''s user from SRC'
            cand --cacert 'Trust the certificates in this PEM file, in place of the system''s'
            cand --client-cert 'Show the server the certificate in this PEM file, which may hold its key as well'
            cand --client-key 'Take the key of --client-cert from this PEM file'
            cand --no-browser 'Open no browser; print the address to open in one on this machine'
            cand -v 'Show each request and the answer''s status, sizes and times on standard error'
            cand --verbose 'Show each request and the answer''s status, sizes and times on standard error'
            cand --insecure 'Trust any certificate: whoever answers can read the credential'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;auth;status'= {
            cand --profile 'Use this profile of the configuration file [default: its default_profile]'
            cand --config 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'sotickets;auth;logout'= {
            cand --profile 'Use this profile of the configuration file [default: its default_profile]'
            cand --config 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]'
            cand --retries 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]'
            cand --proxy 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none'
            cand --proxy-password 'Take the password of the proxy''s user from SRC'
            cand --cacert 'Trust the certificates in this PEM file, in place of the system''s'
            cand --client-cert 'Show the server the certificate in this PEM file, which may hold its key as well'
            cand --client-key 'Take the key of --client-cert from this PEM file'
            cand -v 'Show each request and the answer''s status, sizes and times on standard error'
            cand --verbose 'Show each request and the answer''s status, sizes and times on standard error'
            cand --insecure 'Trust any certificate: whoever answers can read the credential'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;auth;help'= {
            cand login 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
            cand status 'Say who is signed in, where, and until when'
            cand logout 'Forget the sign-in, and have it revoked where the service knows how'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'sotickets;auth;help;login'= {
        }
        &'sotickets;auth;help;status'= {
        }
        &'sotickets;auth;help;logout'= {
        }
        &'sotickets;auth;help;help'= {
        }
        &'sotickets;doctor'= {
            cand -o 'Print settings and checks in this format'
            cand --output 'Print settings and checks in this format'
            cand --format 'Print settings and checks in this format'
            cand --language 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]'
            cand --culture 'Ask for numbers and dates inside texts in this culture'
            cand --timezone 'Show dates in this time zone: Europe/Oslo, local, or the server''s own code (NO, US-NY)'
            cand --profile 'Use this profile of the configuration file [default: its default_profile]'
            cand --config 'Read this configuration file [default: sotickets/config.toml in the user''s folder for configuration]'
            cand --url 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint'
            cand --tenant 'Ask this tenant of Online, wherever it is: Cust12345'
            cand --environment 'Look the tenant up in this environment: online, sod, stage, or a stand-in''s https:// address [default: online]'
            cand -H 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one'
            cand --header 'Send a further header, ''Name: value''; ''Name: @SRC'' for a secret one'
            cand --connect-timeout 'Limit the connection with its TLS handshake to this time [default: 10s]'
            cand --read-timeout 'Limit silence while waiting or reading to this time [default: 60s]'
            cand --timeout 'Limit the whole command to this time; 0 is no limit [default: 0]'
            cand --max-bytes 'Refuse an answer larger than this, after decompression [default: 2GiB]'
            cand --retries 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]'
            cand --proxy 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; '''' for none'
            cand --proxy-password 'Take the password of the proxy''s user from SRC'
            cand --cacert 'Trust the certificates in this PEM file, in place of the system''s'
            cand --client-cert 'Show the server the certificate in this PEM file, which may hold its key as well'
            cand --client-key 'Take the key of --client-cert from this PEM file'
            cand --user 'Sign in as this user, with Basic (Onsite)'
            cand --password 'Take the user''s password from SRC (Onsite)'
            cand --ticket 'Sign in with a SuperOffice ticket, as SOTicket'
            cand --token 'Sign in with an access token, as Bearer (Online)'
            cand --xsrf-token 'Sign in with the XSRF token of a browser session'
            cand --cookie 'Send the cookies of that browser session'
            cand --app-token 'Send an application token, beside any of them'
            cand --offline 'Send nothing: say which settings are in effect, and no more'
            cand -v 'Show each request and its answer''s status, sizes and times on standard error'
            cand --verbose 'Show each request and its answer''s status, sizes and times on standard error'
            cand --insecure 'Trust any certificate: whoever answers can read the credential'
            cand --allow-plain-http 'Let a credential travel over http:// to another machine'
            cand --no-auth 'Send no credential, for a gateway that adds one'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'sotickets;completions'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'sotickets;man'= {
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'sotickets;help'= {
            cand get 'Fetch tickets by id and print them'
            cand fields 'List every ticket field, with type, unit, values and meaning'
            cand demo 'Serve sample tickets on this machine, to try every option on'
            cand auth 'Sign in to SuperOffice Online, once for many calls'
            cand doctor 'Say which settings are in effect and what said each, and try them step by step'
            cand completions 'Print the completion script of a shell'
            cand man 'Print the manual page of the program, or of a command'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'sotickets;help;get'= {
        }
        &'sotickets;help;fields'= {
        }
        &'sotickets;help;demo'= {
        }
        &'sotickets;help;auth'= {
            cand login 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
            cand status 'Say who is signed in, where, and until when'
            cand logout 'Forget the sign-in, and have it revoked where the service knows how'
        }
        &'sotickets;help;auth;login'= {
        }
        &'sotickets;help;auth;status'= {
        }
        &'sotickets;help;auth;logout'= {
        }
        &'sotickets;help;doctor'= {
        }
        &'sotickets;help;completions'= {
        }
        &'sotickets;help;man'= {
        }
        &'sotickets;help;help'= {
        }
    ]
    $completions[$command]
}
