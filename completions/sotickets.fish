# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sotickets_global_optspecs
    string join \n h/help V/version
end

function __fish_sotickets_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sotickets_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sotickets_using_subcommand
    set -l cmd (__fish_sotickets_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sotickets -n "__fish_sotickets_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_needs_command" -s V -l version -d 'Print version'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "get" -d 'Fetch tickets by id and print them'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "fields" -d 'List every ticket field, with type, unit, values and meaning'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "demo" -d 'Serve sample tickets on this machine, to try every option on'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "auth" -d 'Sign in to SuperOffice Online, once for many calls'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "doctor" -d 'Say which settings are in effect, and what said each of them'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "man" -d 'Print the manual page of the program, or of a command'
complete -c sotickets -n "__fish_sotickets_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l ids-file -d 'Read further ids from a file' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l max-ids -d 'Refuse more ids than this' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -s s -l select -d 'Fetch and print these fields, in this order: Title,OwnedByName,TableRight/Mask' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -s o -l output -l format -d 'Print the tickets in this format [default: table]' -r -f -a "table\t'Aligned columns, to read'
csv\t'Comma-separated values'
tsv\t'Tab-separated values, with \\t \\n \\r \\\\ escaped'
json\t'The server\'s own JSON, byte for byte'
jsonl\t'A compact JSON ticket a line'
record\t'A block a ticket, a line a field'
markdown\t'A Markdown table'
xml\t'The server\'s own XML, byte for byte'"
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l out-file -d 'Write to this file, whole or not at all; - is standard output' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l dates -d 'Show dates in this style [default: short; csv, tsv and jsonl: as-sent, or iso with an IANA zone]' -r -f -a "as-sent\t'As the server sent them'
iso\t'RFC 3339, with the zone\'s offset'
short\t'2026-03-29 14:52'
relative\t'3 days ago (table, record, markdown)'"
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l delimiter -d 'Separate cells by this character instead (csv, tsv)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l color -d 'Use colour in a terminal, always or never [default: auto]' -r -f -a "auto\t'In a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l width -d 'Fit the table into N columns [default: the terminal\'s width; in a pipe nothing is cut]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l language -d 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l culture -d 'Ask for numbers and dates inside texts in this culture' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l timezone -d 'Show dates in this time zone: Europe/Oslo, local, or the server\'s own code (NO, US-NY)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l profile -d 'Use this profile of the configuration file [default: its default_profile]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l config -d 'Read this configuration file [default: sotickets/config.toml in the user\'s folder for configuration]' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l url -d 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l tenant -d 'Ask this tenant of Online, wherever it is: Cust12345' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l environment -d 'Look the tenant up in this environment: online, sod, stage, or a stand-in\'s https:// address [default: online]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -s H -l header -d 'Send a further header, \'Name: value\'; \'Name: @SRC\' for a secret one' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l connect-timeout -d 'Limit the connection with its TLS handshake to this time [default: 10s]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l read-timeout -d 'Limit silence while waiting or reading to this time [default: 60s]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l timeout -d 'Limit the whole command to this time; 0 is no limit [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l max-bytes -d 'Refuse an answer larger than this, after decompression [default: 2GiB]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l retries -d 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l proxy -d 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; \'\' for none' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l proxy-password -d 'Take the password of the proxy\'s user from SRC' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l client-cert -d 'Show the server the certificate in this PEM file, which may hold its key as well' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l client-key -d 'Take the key of --client-cert from this PEM file' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l user -d 'Sign in as this user, with Basic (Onsite)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l password -d 'Take the user\'s password from SRC (Onsite)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l ticket -d 'Sign in with a SuperOffice ticket, as SOTicket' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l token -d 'Sign in with an access token, as Bearer (Online)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l xsrf-token -d 'Sign in with the XSRF token of a browser session' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l cookie -d 'Send the cookies of that browser session' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l app-token -d 'Send an application token, beside any of them' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l allow-missing -d 'Say what did not come back, and end with 0 all the same'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l any-field -d 'Let --select name fields that this version does not know'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l no-header -d 'Leave the header line out (csv, tsv)'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l bom -d 'Begin with a byte-order mark, for Excel (csv, tsv)'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l guard-formulas -d 'Keep text from running as a formula in a spreadsheet (csv, tsv)'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l no-trunc -d 'Cut nothing, however narrow the terminal'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l insecure -d 'Trust any certificate: whoever answers can read the credential'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l allow-plain-http -d 'Let a credential travel over http:// to another machine'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l no-auth -d 'Send no credential, for a gateway that adds one'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l demo -d 'Ask the built-in sample server, started for this one call'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -l dry-run -d 'Send nothing; print the request as a curl command'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -s v -l verbose -d 'Show the request and the answer\'s status, sizes and times on standard error'
complete -c sotickets -n "__fish_sotickets_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand fields" -s o -l output -l format -d 'Print them in this format' -r -f -a "table\t'Columns to read'
csv\t'Comma-separated, with a header'
json\t'An array of objects'"
complete -c sotickets -n "__fish_sotickets_using_subcommand fields" -l width -d 'Fit the table into N columns [default: the terminal\'s width; in a pipe nothing is wrapped]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand fields" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand demo" -l port -d 'Serve at this port; 0 is a free one' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -s h -l help -d 'Print help'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "login" -d 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "status" -d 'Say who is signed in, where, and until when'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "logout" -d 'Forget the sign-in, and have it revoked where the service knows how'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l profile -d 'Use this profile of the configuration file [default: its default_profile]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l config -d 'Read this configuration file [default: sotickets/config.toml in the user\'s folder for configuration]' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-id -d 'Sign in for this application, by the id that SuperOffice gave it' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-secret -d 'Take the application\'s secret from SRC, where it has one' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l tenant -d 'Sign in to this tenant, without being asked for one: Cust12345' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l environment -d 'Sign in here: online, sod, stage, or the address of what stands in for them [default: online]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l store -d 'Keep the tokens here' -r -f -a "keyring\t'The platform\'s own store of secrets'
file\t'A file that its owner alone can read'"
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l timeout -d 'Wait this long for the browser; 0 is no limit' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l retries -d 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l proxy -d 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; \'\' for none' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l proxy-password -d 'Take the password of the proxy\'s user from SRC' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-cert -d 'Show the server the certificate in this PEM file, which may hold its key as well' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l client-key -d 'Take the key of --client-cert from this PEM file' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-browser -d 'Open no browser; print the address to open in one on this machine'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -s v -l verbose -d 'Show each request and the answer\'s status, sizes and times on standard error'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -l insecure -d 'Trust any certificate: whoever answers can read the credential'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from status" -l profile -d 'Use this profile of the configuration file [default: its default_profile]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from status" -l config -d 'Read this configuration file [default: sotickets/config.toml in the user\'s folder for configuration]' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profile -d 'Use this profile of the configuration file [default: its default_profile]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l config -d 'Read this configuration file [default: sotickets/config.toml in the user\'s folder for configuration]' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l retries -d 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l proxy -d 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; \'\' for none' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l proxy-password -d 'Take the password of the proxy\'s user from SRC' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l client-cert -d 'Show the server the certificate in this PEM file, which may hold its key as well' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l client-key -d 'Take the key of --client-cert from this PEM file' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -s v -l verbose -d 'Show each request and the answer\'s status, sizes and times on standard error'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -l insecure -d 'Trust any certificate: whoever answers can read the credential'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "login" -d 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say who is signed in, where, and until when'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "logout" -d 'Forget the sign-in, and have it revoked where the service knows how'
complete -c sotickets -n "__fish_sotickets_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -s o -l output -l format -d 'Print them in this format' -r -f -a "table\t'A line a setting'
json\t'An object with an array of settings'"
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l language -d 'Ask for names and statuses in this language: en, nb-no, …; * leaves them untranslated [default: en]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l culture -d 'Ask for numbers and dates inside texts in this culture' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l timezone -d 'Show dates in this time zone: Europe/Oslo, local, or the server\'s own code (NO, US-NY)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l profile -d 'Use this profile of the configuration file [default: its default_profile]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l config -d 'Read this configuration file [default: sotickets/config.toml in the user\'s folder for configuration]' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l url -d 'Ask this installation: https://host/site, …/api, …/api/v1 or the whole endpoint' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l tenant -d 'Ask this tenant of Online, wherever it is: Cust12345' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l environment -d 'Look the tenant up in this environment: online, sod, stage, or a stand-in\'s https:// address [default: online]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -s H -l header -d 'Send a further header, \'Name: value\'; \'Name: @SRC\' for a secret one' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l connect-timeout -d 'Limit the connection with its TLS handshake to this time [default: 10s]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l read-timeout -d 'Limit silence while waiting or reading to this time [default: 60s]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l timeout -d 'Limit the whole command to this time; 0 is no limit [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l max-bytes -d 'Refuse an answer larger than this, after decompression [default: 2GiB]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l retries -d 'Repeat a failed connection, 429, 502, 503 and 504 up to N times [default: 0]' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l proxy -d 'Go through this proxy: http://[NAME@]HOST[:PORT], https, socks5 or socks5h; \'\' for none' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l proxy-password -d 'Take the password of the proxy\'s user from SRC' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l cacert -d 'Trust the certificates in this PEM file, in place of the system\'s' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l client-cert -d 'Show the server the certificate in this PEM file, which may hold its key as well' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l client-key -d 'Take the key of --client-cert from this PEM file' -r -F
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l user -d 'Sign in as this user, with Basic (Onsite)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l password -d 'Take the user\'s password from SRC (Onsite)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l ticket -d 'Sign in with a SuperOffice ticket, as SOTicket' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l token -d 'Sign in with an access token, as Bearer (Online)' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l xsrf-token -d 'Sign in with the XSRF token of a browser session' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l cookie -d 'Send the cookies of that browser session' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l app-token -d 'Send an application token, beside any of them' -r
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l insecure -d 'Trust any certificate: whoever answers can read the credential'
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l allow-plain-http -d 'Let a credential travel over http:// to another machine'
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -l no-auth -d 'Send no credential, for a gateway that adds one'
complete -c sotickets -n "__fish_sotickets_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sotickets -n "__fish_sotickets_using_subcommand completions" -s h -l help -d 'Print help'
complete -c sotickets -n "__fish_sotickets_using_subcommand man" -s h -l help -d 'Print help'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "get" -d 'Fetch tickets by id and print them'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "fields" -d 'List every ticket field, with type, unit, values and meaning'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "demo" -d 'Serve sample tickets on this machine, to try every option on'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "auth" -d 'Sign in to SuperOffice Online, once for many calls'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "doctor" -d 'Say which settings are in effect, and what said each of them'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "man" -d 'Print the manual page of the program, or of a command'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and not __fish_seen_subcommand_from get fields demo auth doctor completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "login" -d 'Sign in to SuperOffice Online with the browser, and keep the sign-in'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "status" -d 'Say who is signed in, where, and until when'
complete -c sotickets -n "__fish_sotickets_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "logout" -d 'Forget the sign-in, and have it revoked where the service knows how'
