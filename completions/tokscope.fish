# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tokscope_global_optspecs
    string join \n manifest= ca-file= theme= ascii token= token-file= token-env= keys= print= h/help V/version
end

function __fish_tokscope_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_tokscope_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_tokscope_using_subcommand
    set -l cmd (__fish_tokscope_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c tokscope -n "__fish_tokscope_needs_command" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l theme -d 'Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l token -d 'Read the token from standard input, as `--token -`' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l token-file -d 'Read the token from this file; `-`: standard input' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l token-env -d 'Read the token from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l keys -d 'Put in these keys first, as in `j<enter><ctrl-p><wait>`' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l print -d 'Print what the screen shows after the keys as text, and end [default size: 120x36]' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l ascii -d 'Draw borders and marks in ASCII'
complete -c tokscope -n "__fish_tokscope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_needs_command" -s V -l version -d 'Print version'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "demo" -d 'Live through the whole story on an authorization server and an API of its own'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "decode" -d 'Say what a token says; verify it if that is asked for'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "check" -d 'Compare what a token was granted with what an endpoint requires'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "scopes" -d 'Find the smallest set of scopes that the endpoints need, and say why each is in it'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "login" -d 'Obtain a token with the least scopes that the endpoints need, say why each is asked for, and keep it'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "token" -d 'Print a valid token for the endpoints, and nothing else: from the vault, or a new one'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "exec" -d 'Hand a valid token for the endpoints to a command, in its environment'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "tokens" -d 'List, show, refresh, revoke and forget the tokens of the vault'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "trust" -d 'Accept the issuers and origins that the manifest names: without that, nothing is sent to them'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "call" -d 'Call an endpoint; when it fails, say which scope is missing and why'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "discover" -d 'Follow the chain from an API or an issuer to everything that can be known about both'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "probe" -d 'Find out what a token really opens, and whether the server enforces what the manifest says'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "why" -d 'Say why a call failed that was made elsewhere, from what curl, a browser or a log kept of it'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "explain" -d 'Say more about a finding, a claim, a header parameter, an algorithm or a kind of token'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "manifest" -d 'Check and show the map of endpoints to scopes'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "browse" -d 'Open an address in the browser: what a login starts, without the secrets of its environment'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "man" -d 'Print the manual page'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l theme -d 'Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token -d 'Read the token from standard input, as `--token -`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token-file -d 'Read the token from this file; `-`: standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token-env -d 'Read the token from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l keys -d 'Put in these keys first, as in `j<enter><ctrl-p><wait>`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l print -d 'Print what the screen shows after the keys as text, and end [default size: 120x36]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l serve -d 'Keep the servers up, and print how to reach them and a manifest to use them with'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l text -d 'Tell the story as text, even on a terminal'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l json -d 'With --serve: as JSON (tokscope.demo/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l ascii -d 'Draw borders and marks in ASCII'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l file -d 'Read it from this file: a token, a token response, a request, a HAR …' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l env -d 'Read it from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l claim -d 'Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l fail-on -d 'Exit with 6 when there is a finding of this severity or above' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l max-lifetime -d 'The lifetime from which on a token is a finding, such as `1h` or `30m` [default: 28h]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l max-bytes -d 'The most bytes of a token, or of a text to find it in [default: 1048576; 64 MiB of a JSON document]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l decrypt -d 'Decrypt an encrypted token with this key: a JWK, or a private key in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l issuer -d 'Verify with the keys that this issuer publishes, and expect it in `iss`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l jwks -d 'Verify with this JWK Set' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l key -d 'Verify with this key: JWK, PEM or DER public key, or certificate' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret-file -d 'Verify with the shared secret in this file (a line break at its end is left out)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret-env -d 'Verify with the shared secret in this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret -d 'Verify with the shared secret on standard input' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l audience -d 'Expect this in `aud`; of several, one has to be there' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l expect-issuer -d 'Expect this in `iss`, exactly' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l expect-type -d 'Expect this in `typ`, such as `at+jwt`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l algorithm -d 'Permit only these algorithms [default: all that the type of the key permits]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l leeway -d 'How many seconds the clocks may differ' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l detached -d 'Verify a token without a payload over the bytes of this file (RFC 7515 Appendix F)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l json -d 'As JSON (tokscope.decode/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l header -d 'Only the JOSE header, as JSON'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l payload -d 'Only the payload: claims as JSON, anything else as it is'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l lines -d 'Read many tokens from standard input or `--file`, one per line; one JSON object per line, in their order'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l findings -d 'With `--lines`: the findings about each token too, which is slower by far'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l scan -d 'Find every token in a log, on standard input or in `--file`: line, column, what it is, masked'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l verify -d 'Verify the token with the keys given below: exit code 4 unless it is verified'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l allow-short-secret -d 'Permit a shared secret that is shorter than its hash (RFC 7518 §3.2)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l file -d 'Read it from this file: a token, a token response, a request, a HAR …' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l env -d 'Read it from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s e -l endpoint -d 'The endpoint: a method and a path, a URL, or the template of the manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l json -d 'As JSON (tokscope.check/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l har -d 'The endpoints that a browser\'s or a proxy\'s session used: an HTTP Archive' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l requests -d 'The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l log -d 'The endpoints of an access log: common, combined, or JSON lines' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l collection -d 'The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l source -d 'The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l alternatives -d 'Also show what could be asked for instead, the best first [default number: 5]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l client -d 'Stay below what this client may request' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l all -d 'Every endpoint of the manifest; with endpoints that are named, every answer: the same as `--alternatives`'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l json -d 'As JSON (tokscope.scopes/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l scope -d 'A scope to ask for besides. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l acr-values -d 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l max-age -d 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l subject -d 'The token to exchange for another: a file, or `-` for standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l json -d 'As JSON (tokscope.login/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l no-browser -d 'Only show the address to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l paste -d 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l accept-more -d 'Take the token also when the server grants more than was asked for'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l format -d 'How it is printed: the token alone (`raw`), what stands after `Authorization:` (`credentials`), that whole line (`header`), a line for a shell or a file of variables (`env`), or `json`' -r -f -a "raw\t''
credentials\t''
header\t''
env\t''
json\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l acr-values -d 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l max-age -d 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l subject -d 'The token to exchange for another: a file, or `-` for standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l header -d 'The same as --format header'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l json -d 'The same as --format json (tokscope.token/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-browser -d 'Only show the address to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l paste -d 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l accept-more -d 'Take the token also when the server grants more than was asked for'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l env -d 'The environment variable for the token' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l acr-values -d 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l max-age -d 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l subject -d 'The token to exchange for another: a file, or `-` for standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l header -d 'Put `Bearer` and a space before the token, as a header wants it'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l no-browser -d 'Only show the address to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l paste -d 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l accept-more -d 'Take the token also when the server grants more than was asked for'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -f -a "list" -d 'List the tokens: issuer, client, scopes, end, last use. Never a token itself'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -f -a "show" -d 'Show everything about a token but itself'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -f -a "refresh" -d 'Refresh a token now'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -f -a "revoke" -d 'Give tokens back to their authorization server, then forget them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show refresh revoke forget" -f -a "forget" -d 'Forget tokens here; the server is not told'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l json -d 'As JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l json -d 'As JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l json -d 'As JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l all -d 'All of them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Do it without asking'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l json -d 'As JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l all -d 'All of them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -s y -l yes -d 'Do it without asking'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l json -d 'As JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -s y -l yes -d 'Accept without asking'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -f -a "list" -d 'List what was accepted'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke" -f -a "revoke" -d 'Take back what was accepted'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l json -d 'As JSON (tokscope.trust/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l mcp -d 'The URL of a Model Context Protocol server; the endpoint is then a method, as in `tools/call search`, and --data its arguments. Where no API of the manifest has this base URL, the server\'s own challenge leads to its authorization server, and, once that was accepted, to a client that is registered there' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client-id -d 'With --mcp, where no manifest knows the server: a client that its authorization server knows, instead of one that is registered for this call' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token -d 'Read the token from standard input, as `--token -`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token-file -d 'Read the token from this file; `-`: standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token-env -d 'Read the token from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l acr-values -d 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l max-age -d 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l subject -d 'The token to exchange for another: a file, or `-` for standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s p -l param -d 'The value of a path parameter' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s Q -l query -d 'A parameter of the query' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s H -l header -d 'A header field' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s d -l data -d 'The body' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s o -l output -d 'Write the body of the answer to a file' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l timeout -d 'The most seconds that the call may take' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l max-size -d 'The most bytes of the answer\'s body' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-browser -d 'Only show the address to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l paste -d 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l accept-more -d 'Take the token also when the server grants more than was asked for'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s y -l yes -d 'Send it without asking, whatever the method, and although the token may be meant for another API or the request carries a token'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l step-up -d 'When a scope or a stronger sign-in is missing, obtain it, once, and call again'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l dry-run -d 'Send nothing: print the request as a `curl` command, with a command in the token\'s place'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s i -l include -d 'Show the header fields of the answer and the parts of its time, on standard error'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l pretty -d 'Lay out a JSON body, as it is done on a terminal'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l http1 -d 'Speak HTTP/1.1 and nothing else'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l http2 -d 'Speak HTTP/2 and nothing else, also where there is no TLS to agree on it'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l json -d 'As JSON (tokscope.call/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l register -d 'Register a public client at the authorization server (RFC 7591)'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l unregister -d 'End a registration: URL is its management address, and its token comes on standard input'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l json -d 'As JSON (tokscope.discover/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token -d 'Read the token from standard input, as `--token -`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token-file -d 'Read the token from this file; `-`: standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token-env -d 'Read the token from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l client -d 'The client that gets tokens which lack a scope' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s e -l endpoint -d 'Only this endpoint, whatever its method. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s p -l param -d 'The value of a path parameter, wherever it occurs' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l rate -d 'The most calls per second' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l most -d 'The most calls in all' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l state -d 'Where what was done is kept, so that the next run goes on after it' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l format -d 'How to report' -r -f -a "text\t''
json\t''
junit\t''
sarif\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l fail-on -d 'The severity from which a finding ends with exit code 6' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s y -l yes -d 'Call without asking, although the token may be meant for another API or a parameter is a token'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l status -d 'The status of a body that comes alone' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s H -l header -d 'A header field of the answer, beside those of the capture' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s e -l endpoint -d 'The endpoint that was called, where the capture does not show it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token -d 'Read the token from standard input, as `--token -`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token-file -d 'Read the token from this file; `-`: standard input' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token-env -d 'Read the token from this environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l follow -d 'Ask where the challenge leads: to the metadata of the API, to its authorization server, to a registration. No token is sent, and nothing is registered'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l json -d 'As JSON (tokscope.why/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l markdown -d 'As Markdown, for a report of an issue: everything that looks like a secret is masked'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l json -d 'As JSON (tokscope.explain/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "diff" -d 'Say what a change of the manifest means: who can do more, who less'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "drift" -d 'Compare the manifest with the API\'s description, with what the authorization server offers, with requests'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "fmt" -d 'Write the manifest in one form: spaces, blank lines, requirements as short as they can be. Comments stay'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "import" -d 'Import the endpoints and scopes of an API from its description'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "init" -d 'Make a first manifest: from an API\'s description, or by questions'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "lint" -d 'Say everything that is wrong with the manifest or odd about it, and where'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "schema" -d 'Print the JSON Schema of tokscope.toml, by which editors complete and check it'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift fmt import init lint schema show" -f -a "show" -d 'Show the APIs, their endpoints with what they require, the scopes and the clients'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l fail-on -d 'End with exit code 6 when there is a change of this kind, or a worse one' -r -f -a "neutral\t''
relaxation\t''
escalation\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l json -d 'As JSON (tokscope.manifest-diff/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l markdown -d 'As Markdown, for a pull request'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l description -d 'The API\'s own description: endpoints without a line, lines without an endpoint, other requirements' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l reading -d 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l base-url -d 'What the paths are relative to, in place of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l for -d 'For whom permissions of Microsoft Graph are' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l metadata -d 'The authorization server\'s metadata (RFC 8414): scopes that it does not offer, or that nobody needs' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l issuer -d 'Ask the authorization server for its metadata: that of the API, that of its clients, or the one that is named' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l har -d 'The endpoints that a browser\'s or a proxy\'s session used: an HTTP Archive' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l requests -d 'The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l log -d 'The endpoints of an access log: common, combined, or JSON lines' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l collection -d 'The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l source -d 'The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l api -d 'The API, where the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l fail-on -d 'End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l format -d 'The form of the findings' -r -f -a "text\t'With the source line under a caret'
json\t'One document'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, which GitHub shows as annotations'"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l store -d 'Where tokens are kept: in a file whose key is in the system\'s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l passphrase-file -d 'The file whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l json -d 'As JSON: the same as `--format json`'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l trust-manifest -d 'Accept the manifest\'s issuers and origins for this time: see `tokscope trust`'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l no-interact -d 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l check -d 'Write nothing, and end with exit code 6 when the form is another one'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l sort -d 'Also sort: endpoints by path and method, scopes by name, each with the comment above it'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l stdout -d 'Print the text, and leave the file as it is'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l api -d 'The API\'s name in the manifest [default: made of its title]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l into -d 'The manifest to write into; it is made if it is not there' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l reading -d 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l base-url -d 'What the paths are relative to, in place of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l for -d 'For whom permissions of Microsoft Graph are' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l last -d 'The description as it was imported last, a file or `REV:path` in git: what was written or left out by hand since then is told from what the description changed, stays, and is a conflict where both have changed' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l update -d 'Where a line requires something else than the description, take what the description says, unless a comment stands at the line'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l prune -d 'Remove lines that the description no longer has, unless a comment stands at them'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l json -d 'As JSON (tokscope.import/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l api -d 'The API\'s name [default: made of its title, or asked for]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l issuer -d 'Where its tokens come from' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l client-id -d 'The `client_id` of a client that is registered there' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l reading -d 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l base-url -d 'What the paths are relative to, in place of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l for -d 'For whom permissions of Microsoft Graph are' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l refer -d 'Refer to the description instead of copying it: the manifest then follows it'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l fail-on -d 'End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l format -d 'The form of the findings' -r -f -a "text\t'With the source line under a caret'
json\t'One document'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'Workflow commands, which GitHub shows as annotations'"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l json -d 'As JSON: the same as `--format json`'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l json -d 'As JSON (tokscope.manifest-show/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l ca-file -d 'Certificates, as PEM, to trust beside those of the operating system: a company\'s own authority' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -s h -l help -d 'Print help'
