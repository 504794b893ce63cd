# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tokscope_global_optspecs
    string join \n theme= ascii token= token-file= token-env= keys= print= manifest= ca-file= color= h/help V/version
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

complete -c tokscope -n "__fish_tokscope_needs_command" -l theme -d 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l keys -d 'Feed these keys first, such as `j<enter><ctrl-p><wait>`' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l print -d 'Print one frame as text after the keys, and exit [default size: 120x36]' -r
complete -c tokscope -n "__fish_tokscope_needs_command" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_needs_command" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_needs_command" -l ascii -d 'Draw borders and marks in ASCII'
complete -c tokscope -n "__fish_tokscope_needs_command" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_needs_command" -s V -l version -d 'Print the version'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "decode" -d 'Decode a token, and optionally verify it'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "explain" -d 'Explain a finding, claim, header, algorithm, token type or error'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "why" -d 'Explain a failed call from curl output, a HAR file or a log'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "scopes" -d 'Find the least privileged scopes for a set of endpoints'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "check" -d 'Compare a token\'s scopes with those an endpoint requires'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "manifest" -d 'Create, check, compare and export the manifest'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "policy" -d 'Explain what the policy of the manifest decides'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "discover" -d 'Discover an API\'s authorization server and its capabilities'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "init" -d 'Set up a manifest: for an API, an issuer or a provider'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "login" -d 'Obtain a token with exactly the scopes the endpoints need'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "token" -d 'Print a valid token for the endpoints, stored or new'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "exec" -d 'Run a command with a valid token in its environment'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "tokens" -d 'Manage stored tokens: list, show, refresh, revoke, forget, review'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "trust" -d 'Trust the issuers and origins that a manifest names'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "approve" -d 'Approve requests of others, and request approvals'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "call" -d 'Call an endpoint, and name the missing scope if it fails'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "gateway" -d 'Let a program call APIs without ever holding a token'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "probe" -d 'Test what a token can access, and what the API enforces'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "audit" -d 'Read, verify, sign and export the audit log'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "demo" -d 'Run a guided demo on a local authorization server and API'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "sign" -d 'Make a test token, for tests of an API'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "mcp" -d 'Serve read-only tools to coding agents, over stdio (MCP)'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "man" -d 'Print a manual page'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "browse" -d 'Open a URL in the browser, without secrets in its environment'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l file -l token-file -d 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l env -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l claim -d 'Print one claim: strings as they are, anything else as JSON. A JSON pointer such as `/realm_access/roles` selects a nested value (RFC 6901)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l fail-on -d 'Exit with code 6 if there is a finding of this severity or above' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l max-lifetime -d 'Report tokens with a longer lifetime, such as `1h` or `30m` [default: 28h]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l max-bytes -d 'Maximum input size in bytes [default: 1048576; 64 MiB for a JSON document]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l decrypt -d 'Decrypt an encrypted token with a key file: a JWK, or a private key in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l issuer -d 'Verify with the keys that this issuer publishes, and require it in `iss`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l jwks -d 'Verify with a JWK Set' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l key -d 'Verify with a key file: JWK, public key (PEM or DER) or certificate' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret-file -d 'Verify with a shared secret from a file; a trailing line break is ignored' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret-env -d 'Verify with a shared secret from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l secret -d 'Verify with a shared secret from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l audience -d 'Require this audience in `aud` (repeatable: any one of them)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l expect-issuer -d 'Require exactly this issuer in `iss`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l expect-type -d 'Require this type in `typ`, such as `at+jwt`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l algorithm -d 'Allow only these algorithms [default: those that the key type allows]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l leeway -d 'Clock skew to tolerate, in seconds' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l detached -d 'Verify a detached signature over the bytes of a file (RFC 7515 Appendix F)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l json -d 'Print JSON (tokscope.decode/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l header -d 'Print only the JOSE header, as JSON'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l payload -d 'Print only the payload: claims as JSON, anything else unchanged'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l lines -d 'Decode one token per line from stdin or --file, and print one JSON object per line in the same order'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l findings -d 'With --lines, include findings for each token (much slower)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l scan -d 'Find every token in a text or log from stdin or --file, and print its line, column and type, masked'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l fail-on-found -d 'With --scan, exit with code 6 if a token is found, such as to detect leaked tokens in CI'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l verify -d 'Verify the token with one of the key options; exit with code 4 unless it is verified'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l any-payload -d 'Accept a payload that is not a JSON claims set, as in a JWS that is not a JWT (RFC 7515)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l allow-short-secret -d 'Allow a shared secret that is shorter than the hash output (RFC 7518 §3.2)'
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand explain" -l json -d 'Print JSON (tokscope.explain/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l status -d 'Status code, if the input does not show it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s H -l header -d 'Additional response header' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s e -l endpoint -d 'Endpoint that was called, if the capture does not show it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l follow -d 'Follow the challenge to the API\'s metadata and its authorization server. No token is sent, and nothing is registered'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l json -d 'Print JSON (tokscope.why/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand why" -l markdown -d 'Print Markdown for an issue report; anything that looks like a secret is masked'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s e -l endpoint -d 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l har -d 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l requests -d 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l log -d 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l collection -d 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l arazzo -d 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l source -d 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l alternatives -d 'Also list alternative scope sets, best first [default number: 5]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l client -d 'Use only scopes that this client may request' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l all -d 'Include every endpoint of the manifest; with --endpoint, the same as --alternatives'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l json -d 'Print JSON (tokscope.scopes/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l file -l token-file -d 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l env -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s e -l endpoint -d 'Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l client -d 'Client that the policy is asked about [default: the one that obtained the token]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s q -l quiet -d 'Print nothing on stdout; the exit code is the result'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l json -d 'Print JSON (tokscope.check/v1); for several endpoints, with an array `checks`'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "diff" -d 'Show what a manifest change means: escalation, relaxation or neutral'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "drift" -d 'Compare the manifest with an API description, an engine, server metadata or recorded requests'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "export" -d 'Export the configuration of an engine, or of an authorization server, that enforces the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "fmt" -d 'Format the manifest, keeping comments'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "import" -d 'Import endpoints and scopes from an API description'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "init" -d 'Create a manifest from an API description, or interactively'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "lint" -d 'Report errors and suspicious entries in the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "schema" -d 'Print the JSON Schema of tokscope.toml, for editors'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "show" -d 'Show APIs, endpoints with their requirements, scopes, clients and policy'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from diff drift export fmt import init lint schema show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l fail-on -d 'Exit with code 6 if there is a change of this kind or worse' -r -f -a "neutral\t''
relaxation\t''
escalation\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l json -d 'Print JSON (tokscope.manifest-diff/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -l markdown -d 'Print Markdown for a pull request'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from diff" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l description -d 'API description: report missing, unknown and differing endpoints' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l reading -d 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l overlay -d 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l base-url -d 'Base URL, instead of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l for -d 'Kind of Microsoft Graph permission to import' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l engine -d 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]' -r -f -a "apollo\t''
cosmo\t''
hive\t''
grafbase\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l metadata -d 'Authorization server metadata (RFC 8414): report scopes that it does not support, or that no endpoint needs' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l issuer -d 'Fetch the metadata of the API\'s authorization server, or of URL' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l export -d 'Configuration written by `manifest export`: report edits, and rules that the manifest has changed since' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l running -d 'Configuration of an engine or of an authorization server (repeatable): report what it enforces otherwise' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l har -d 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l requests -d 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l log -d 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l collection -d 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l arazzo -d 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l source -d 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l sql -d 'Print SQL that compares the manifest with a log inside a database; --log names the files as the database finds them' -r -f -a "duckdb\t''
clickhouse\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l api -d 'API to compare, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l fail-on -d 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l format -d 'Output format' -r -f -a "text\t'Text with the source line under each finding'
json\t'One JSON document'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'GitHub workflow commands (annotations)'"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l json -d 'Same as --format json'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l api -d 'API to export, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l keys -d 'Keys that verify tokens: a URL, or a file as the engine sees it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l alg -d 'Signature algorithm, for engines that do not take it from the key: `HAProxy`' -r -f -a "RS256\t''
RS384\t''
RS512\t''
ES256\t''
ES384\t''
ES512\t''
PS256\t''
PS384\t''
PS512\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l listen -d 'Address that the engine listens on' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l upstream -d 'URL that the engine forwards to [default: the origin of the API\'s base URL]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l claim -d 'Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l deny -d 'Deny this endpoint, because the engine can\'t express it (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l selector -d 'Label of the workloads that an Istio policy is for, such as app=orders [default: all of the namespace]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l provider -d 'Provider of Terraform' -r -f -a "auth0\t''
okta\t''
keycloak\t''
cognito\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -s o -l output -d 'Write to a file instead of stdout' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l check -d 'Check only; exit with code 6 if this file differs from the export' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -l without-policy -d 'Export the scopes only, although the manifest has a policy'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l check -d 'Check only; exit with code 6 if the manifest is not formatted'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l sort -d 'Also sort endpoints by path and method, and scopes by name, each with its comment'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -l stdout -d 'Print the formatted manifest instead of writing it'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from fmt" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l api -d 'Name of the API in the manifest [default: derived from its title]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l into -d 'Manifest to write to; created if it does not exist' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l reading -d 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l overlay -d 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l base-url -d 'Base URL, instead of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l for -d 'Kind of Microsoft Graph permission to import' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l engine -d 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]' -r -f -a "apollo\t''
cosmo\t''
hive\t''
grafbase\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l last -d 'Description as it was last imported: a file, or `REV:path` in git. Changes made by hand since then are kept, and reported as conflicts where the description changed too' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l update -d 'Update lines that differ from the description, except lines with a comment'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l prune -d 'Remove lines that are no longer in the description, except lines with a comment'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -l json -d 'Print JSON (tokscope.import/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l api -d 'Name of the API [default: derived from its title, or prompted for]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l issuer -d 'Issuer of the API\'s tokens' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l client-id -d '`client_id` of a client registered with that issuer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l reading -d 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]' -r -f -a "any\t''
all\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l overlay -d 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l base-url -d 'Base URL, instead of the description\'s own server' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l for -d 'Kind of Microsoft Graph permission to import' -r -f -a "delegated\t''
personal\t''
application\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l engine -d 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]' -r -f -a "apollo\t''
cosmo\t''
hive\t''
grafbase\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -l refer -d 'Refer to the description instead of copying it'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l fail-on -d 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l format -d 'Output format' -r -f -a "text\t'Text with the source line under each finding'
json\t'One JSON document'
sarif\t'SARIF 2.1.0, for code scanning'
github\t'GitHub workflow commands (annotations)'"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l json -d 'Same as --format json'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l json -d 'Print JSON (tokscope.manifest-show/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "diff" -d 'Show what a manifest change means: escalation, relaxation or neutral'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "drift" -d 'Compare the manifest with an API description, an engine, server metadata or recorded requests'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "export" -d 'Export the configuration of an engine, or of an authorization server, that enforces the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "fmt" -d 'Format the manifest, keeping comments'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "import" -d 'Import endpoints and scopes from an API description'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "init" -d 'Create a manifest from an API description, or interactively'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "lint" -d 'Report errors and suspicious entries in the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON Schema of tokscope.toml, for editors'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show APIs, endpoints with their requirements, scopes, clients and policy'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -f -a "test" -d 'Explain what the policy decides about a request, and by which rule'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and not __fish_seen_subcommand_from test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l client -d 'Client in the manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l at -d 'Time, such as `2026-12-01T03:00Z`; without an offset, in UTC [default: now]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l env -l environment -d 'Label of the environment' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l ci -d 'Whether it runs in continuous integration' -r -f -a "true\t''
false\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l branch -d 'Branch' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l caller -d 'Program that uses the token' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l interactive -d 'Whether a user is present' -r -f -a "true\t''
false\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l sign-in-age -d 'Seconds since the user signed in [default: not known]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l scope -d 'Scope that is requested (repeatable) [default: the least privileged scopes that the endpoint needs]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -l json -d 'Print JSON (tokscope.policy-test/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "test" -d 'Explain what the policy decides about a request, and by which rule'
complete -c tokscope -n "__fish_tokscope_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l register -d 'Register a public client at the authorization server (RFC 7591)'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l unregister -d 'Delete a registration: URL is its client configuration endpoint, and the registration access token is read from stdin (RFC 7592)'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l follow-private -d 'Follow servers to private and loopback addresses of other origins without asking'
complete -c tokscope -n "__fish_tokscope_using_subcommand discover" -l json -d 'Print JSON (tokscope.discover/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l provider -d 'Provider to set up' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l api -d 'Name of the API in the manifest [default: derived from its title, otherwise `main`]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l base-url -d 'Base URL of the API, if it differs from URL or from the description' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l issuer -d 'Issuer of the API\'s tokens, if the API does not publish it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -s e -l endpoint -d 'Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l client-id -d '`client_id` of the registered client' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l secret-env -d 'Environment variable with the client\'s secret' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l variable -d 'Value of one of the provider\'s variables, such as its tenant (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l acr-values -d 'Authentication context that the API requires: `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l max-age -d 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l subject -d 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l register -d 'Register a client at the authorization server (RFC 7591)'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l follow-private -d 'Follow servers to private and loopback addresses of other origins without asking'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l list -d 'List the providers'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l json -d 'Print JSON (tokscope.init/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l no-browser -d 'Print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l paste -d 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand init" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -s e -l endpoint -d 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l scope -d 'Additional scope to request (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l provider -d 'Provider to sign in at: with the manifest\'s client, or without a manifest with `--client-id`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l issuer -d 'Issuer to sign in at, without a manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l client-id -d '`client_id`, without a manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l secret-env -d 'Environment variable with the client\'s secret, without a manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l variable -d 'Value of one of the provider\'s variables, such as its tenant (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l client -d 'Client to use, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l grant -d 'Grant type [default: the first in the client\'s `grants`]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l acr-values -d 'Authentication context that the API requires: `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l max-age -d 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l subject -d 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l split -d 'Obtain a token for each set of scopes, so that `gateway` and `token` can use the narrowest; after the first sign-in, the browser\'s session is used without a prompt'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l json -d 'Print JSON (tokscope.login/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l no-browser -d 'Print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l paste -d 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand login" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s e -l endpoint -d 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l format -d 'Output format: the token alone (raw), the value of the Authorization header (credentials), the whole header line (header), a shell assignment (env), or json' -r -f -a "raw\t''
credentials\t''
header\t''
env\t''
json\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l client -d 'Client to use, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l grant -d 'Grant type [default: the first in the client\'s `grants`]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l acr-values -d 'Authentication context that the API requires: `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l max-age -d 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l subject -d 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l header -d 'Same as --format header'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l json -d 'Same as --format json (tokscope.token/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-browser -d 'Print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l paste -d 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -s e -l endpoint -d 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l env -d 'Environment variable for the token' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l client -d 'Client to use, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l grant -d 'Grant type [default: the first in the client\'s `grants`]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l acr-values -d 'Authentication context that the API requires: `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l max-age -d 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l subject -d 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l header -d 'Prefix the token with `Bearer `'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l no-browser -d 'Print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l paste -d 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand exec" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "list" -d 'List stored tokens: issuer, client, scopes, expiry, last use'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "show" -d 'Show everything about a stored token except the token itself'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "introspect" -d 'Ask the authorization server whether a token is active, and for its scopes'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "refresh" -d 'Refresh a stored token now'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "revoke" -d 'Revoke tokens at their authorization server, then forget them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "forget" -d 'Delete stored tokens without revoking them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "review" -d 'Compare granted with used scopes, and name what to narrow or revoke'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and not __fish_seen_subcommand_from list show introspect refresh revoke forget review help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l client -d 'Client that asks; by default, the one that obtained the token' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from introspect" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l secret-env -d 'Environment variable with the client\'s secret, for a token that was obtained without a manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -l accept-more -d 'Accept a token that was granted more scopes than the old one'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from refresh" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l all -d 'All stored tokens'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -l learn-narrowing -d 'First test whether a refresh for fewer scopes costs the grant at this server, and remember it'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l all -d 'All stored tokens'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l json -d 'Print JSON (tokscope.tokens/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l log -d 'Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l format -d 'Output format; json is tokscope.review/v1' -r -f -a "text\t''
json\t''
csv\t''
markdown\t''
sarif\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l fail-on -d 'Exit with code 6 if there is a finding of this severity or above' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l off -d 'Leave out findings with this code (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l sql -d 'Print SQL that reviews the logs inside a database, with the manifest as tables; --log names the files as the database finds them' -r -f -a "duckdb\t''
clickhouse\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l json -d 'Same as --format json'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l apply -d 'Narrow, replace and revoke as proposed, after a prompt for each token. A token is only revoked once a call with its replacement succeeded'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -s y -l yes -d 'With --apply, do not ask'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l no-browser -d 'With --apply, print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from review" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "list" -d 'List stored tokens: issuer, client, scopes, expiry, last use'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show everything about a stored token except the token itself'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "introspect" -d 'Ask the authorization server whether a token is active, and for its scopes'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "refresh" -d 'Refresh a stored token now'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke tokens at their authorization server, then forget them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "forget" -d 'Delete stored tokens without revoking them'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "review" -d 'Compare granted with used scopes, and name what to narrow or revoke'
complete -c tokscope -n "__fish_tokscope_using_subcommand tokens; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -f -a "list" -d 'List trusted manifests'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -f -a "revoke" -d 'Withdraw trust from a manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and not __fish_seen_subcommand_from list revoke help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -l json -d 'Print JSON (tokscope.trust/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "list" -d 'List trusted manifests'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Withdraw trust from a manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand trust; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l add -d 'Add a reply to the request that it belongs to; `-` for stdin (repeatable)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l show -d 'Print a request, to be sent' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l emergency -d 'Go ahead for 15 minutes before the approval, if the approvers permit that in an emergency' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l end -d 'End an approval, or all whose window has ended, and revoke their tokens' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l key -d 'SSH key to sign with [default: the key in ~/.ssh or the agent that the manifest lists]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l refuse -d 'Refuse the request, with a reason' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -s e -l endpoint -d 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l scope -d 'Additional scope (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l client -d 'Client to use, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l reason -d 'Why it is needed' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l for -d 'Length of the window, such as 2h [default: 8h]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l from -d 'Begin of the window [default: now]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l uses -d 'Number of uses, or `any`: tokens obtained above the ceiling, and calls that a rule wants approved' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l list -d 'List the requests on this machine'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l request -d 'Make a request, and print it'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l forget -d 'Remove requests that have ended'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l despite-differences -d 'With --yes: approve although the request differs from this manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l json -d 'Print JSON (tokscope.approve/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand approve" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l mcp -d 'URL of a Model Context Protocol server. ENDPOINT is then a method such as `tools/list` or `tools/call`, and --data its arguments. If the manifest does not know the server, its challenge leads to its authorization server, where a client is registered after you confirm' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client-id -d 'With --mcp and a server that the manifest does not know, use this registered client instead of registering one' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client-document -d 'With --mcp and a server that the manifest does not know: `https` URL of a client ID metadata document that you publish. Where the server accepts such documents, no client is registered' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client -d 'Client to use, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l grant -d 'Grant type [default: the first in the client\'s `grants`]' -r -f -a "authorization_code\t''
device_code\t''
client_credentials\t''
token_exchange\t''
jwt_bearer\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l acr-values -d 'Authentication context that the API requires: `acr_values` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l max-age -d 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l subject -d 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s p -l param -d 'Value of a path parameter' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s Q -l query -d 'Query parameter' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s H -l header -d 'Request header' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s d -l data -d 'Request body' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s o -l output -d 'Write the response body to a file' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l timeout -d 'Timeout in seconds' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l max-size -d 'Maximum size of the response body, in bytes' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-browser -d 'Print the sign-in URL instead of opening a browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l paste -d 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l step-up -d 'If a scope or a stronger sign-in is missing, obtain it and call again, once'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l dry-run -d 'Print the request as a `curl` command with a placeholder for the token, and send nothing. Needs no trust'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s i -l include -d 'Show response headers and timing on stderr'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l pretty -d 'Pretty-print a JSON body (default on a terminal)'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l http1 -d 'Use HTTP/1.1 only'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l http2 -d 'Use HTTP/2 only, with prior knowledge if the URL is not https'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l json -d 'Print JSON (tokscope.call/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "run" -d 'Run a command with a gateway in front of its APIs'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "serve" -d 'Keep a gateway running until it is stopped'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "status" -d 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "env" -d 'Print the variables for callers of a running gateway, for `eval`'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "reload" -d 'Make a running gateway use the changed manifest, even if it allows more'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "stop" -d 'Stop a running gateway'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "learn" -d 'Learn endpoints and their scopes from traffic'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "authorize" -d 'Decide about requests that a proxy asks about'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and not __fish_seen_subcommand_from run serve status env reload stop learn authorize help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l client -d 'Client to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l api -d 'Only this API [default: every API of the manifest]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l origin -d 'Origin whose web pages may call the gateway (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l idle-timeout -d 'Seconds without any data after which a request ends; event streams have no limit' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l observe -d 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l enforce -d 'Deny what the manifest does not allow [default]'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l client -d 'Client to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l api -d 'Only this API [default: every API of the manifest]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l origin -d 'Origin whose web pages may call the gateway (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l idle-timeout -d 'Seconds without any data after which a request ends; event streams have no limit' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l listen -d 'Address for an API: `API=ADDRESS:PORT`, or `ADDRESS:PORT` if there is only one (repeatable) [default: a free port on 127.0.0.1 for each API]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l sockets -d 'Also listen on a Unix socket `API.sock` for each API, in this directory, which is made private' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l name -d 'Name of the gateway, for `status`, `env`, `reload` and `stop`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l observe -d 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l enforce -d 'Deny what the manifest does not allow [default]'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l accept-more -d 'Accept a token that was granted more scopes than requested'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from status" -l name -d 'Name of the gateway' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from status" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from status" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from status" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from env" -l name -d 'Name of the gateway' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from env" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from env" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from env" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from reload" -l name -d 'Name of the gateway' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from reload" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from reload" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from reload" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from reload" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from stop" -l name -d 'Name of the gateway' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from stop" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from stop" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from stop" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l since -d 'Earliest record of the audit log: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l template -d 'Template that paths are matched with, such as `/files/{name}` (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l least -d 'Least certainty of a requirement that is added' -r -f -a "upper-bound\t'A token with several scopes succeeded; fewer may be sufficient'
proven\t'A token with only one scope, or none, succeeded'
stated\t'The API names the scopes itself'"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l write -d 'Add the new endpoints to the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l ask -d 'Ask about each new endpoint before it is added'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -l json -d 'Print JSON (tokscope.gateway-learn/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from learn" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l adapter -d 'How the proxy passes on the client\'s method and target' -r -f -a "forwarded\t'Method and target are in X-Forwarded-Method and X-Forwarded-Uri: Traefik, Caddy, nginx'
native\t'Method and target are those of the request itself, below a prefix: Envoy `ext_authz`'"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l path-prefix -d 'Prefix of the target with `--adapter native`, as in the proxy\'s configuration' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l listen -d 'Address to listen on; port 0 means any free one' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l api -d 'API whose requests are decided about, if the manifest has several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l keys -d 'Keys that verify tokens: a URL or a file [default: those of the API\'s issuer]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l environment -d 'Label of the environment, for policies, such as `production`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from authorize" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "run" -d 'Run a command with a gateway in front of its APIs'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Keep a gateway running until it is stopped'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "status" -d 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "env" -d 'Print the variables for callers of a running gateway, for `eval`'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "reload" -d 'Make a running gateway use the changed manifest, even if it allows more'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop a running gateway'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "learn" -d 'Learn endpoints and their scopes from traffic'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "authorize" -d 'Decide about requests that a proxy asks about'
complete -c tokscope -n "__fish_tokscope_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l client -d 'Client that obtains tokens lacking one required scope each' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s e -l endpoint -d 'Only this endpoint, whatever its method (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s p -l param -d 'Value of a path parameter, wherever it occurs' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l engine -d 'Test the proxy at this URL with tokens of every kind, signed with --sign-key' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l sign-key -d 'Private key in PEM that the engine accepts for the API\'s issuer' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l api -d 'API to use, if several match' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l rate -d 'Maximum calls per second' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l most -d 'Maximum number of calls' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l state -d 'File that records completed calls, so that the next run continues after them' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l format -d 'Output format' -r -f -a "text\t''
json\t''
junit\t''
sarif\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l fail-on -d 'Exit with code 6 if there is a finding of this severity or above' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand probe" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "log" -d 'List records, the latest last'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "verify" -d 'Verify that no record was changed, inserted or removed'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "export" -d 'Pass records to other programs: OTLP, OCSF, JSON Lines'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "checkpoint" -d 'Print a signed checkpoint, to be kept on another machine'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "accept" -d 'Continue a log that was damaged, shortened, replaced or removed'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "prune" -d 'Remove old segments of the log'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "erase" -d 'Remove the pseudonyms of a user, so that no record can be assigned to them any more'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and not __fish_seen_subcommand_from log verify export checkpoint accept prune erase help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l since -d 'Earliest time: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l until -d 'Latest time, in the same forms' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l client -d 'Client in the manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -s e -l endpoint -d 'Endpoint, or a part of it' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l scope -d 'Scope that was required, requested, granted or used' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l event -d 'Event such as token.used, or a group such as token (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l outcome -d 'Outcome: ok, denied, refused, failed or unknown (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l token -d 'Beginning of the fingerprint or ID of a token' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -l json -d 'Print the lines of the log as they are (JSON Lines)'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -s f -l follow -d 'Wait for new records'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from log" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l checkpoint -d 'Checkpoint that was printed earlier by `audit checkpoint` (repeatable)' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l json -d 'Print JSON (tokscope.audit/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l otlp -d 'Send OTLP logs in JSON to this URL; without a path, to its `/v1/logs`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l ocsf -d 'Print OCSF 1.8 events as JSON Lines'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -l jsonl -d 'Print the lines of the log as they are, up to the last complete one'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from checkpoint" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from accept" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l older-than -d 'Remove segments whose records are all older than this number of days' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l store -d 'Where tokens are stored: a file encrypted with a key from the system\'s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]' -r -f -a "keyring\t''
passphrase\t''
memory\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l passphrase-file -d 'File whose first line is the vault\'s passphrase; `/dev/fd/3` reads a file descriptor' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -s y -l yes -d 'Do not ask for confirmation'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l trust-manifest -d 'Trust the manifest\'s issuers and origins for this run only'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -l no-interact -d 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from erase" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "log" -d 'List records, the latest last'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Verify that no record was changed, inserted or removed'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Pass records to other programs: OTLP, OCSF, JSON Lines'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "checkpoint" -d 'Print a signed checkpoint, to be kept on another machine'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "accept" -d 'Continue a log that was damaged, shortened, replaced or removed'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Remove old segments of the log'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "erase" -d 'Remove the pseudonyms of a user, so that no record can be assigned to them any more'
complete -c tokscope -n "__fish_tokscope_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l port -d 'With --serve, port of the authorization server; the API gets the next one, and 0 means any free ports [default: 8421, or free ports if it is in use]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l write -d 'With --serve, write the manifest `tokscope.toml` and the secret of its client `ci` to this directory instead of printing them, and trust the manifest. Another manifest is never overwritten' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l theme -d 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token -d 'Read the token from stdin; only `-` is accepted' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token-file -d 'Read the token from a file; `-` for stdin' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l token-env -d 'Read the token from an environment variable' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l keys -d 'Feed these keys first, such as `j<enter><ctrl-p><wait>`' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l print -d 'Print one frame as text after the keys, and exit [default size: 120x36]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l serve -d 'Keep the servers running, and print a manifest to use them with'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l text -d 'Print the demo as text, even on a terminal'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l gateway -d 'Run a small program behind a gateway, and print what was narrowed, denied and learned'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l gateway-program -d 'The small program of --gateway'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l json -d 'With --serve, print JSON (tokscope.demo/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l ascii -d 'Draw borders and marks in ASCII'
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l scope -d 'Scopes: the claim `scope`, separated by spaces (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l audience -d 'Audience: the claim `aud` (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l issuer -d 'Issuer: the claim `iss` [default: `https://tokscope.invalid`]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l subject -d 'Subject: the claim `sub` [default: test-user]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l expires-in -d 'Lifetime, such as `5m` or `2h` [default: 1h]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l claim -d 'Claim: JSON if it can be parsed as such, otherwise a string; `null` removes the claim (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l claims -d 'File with claims, a JSON object' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l header -d 'Header parameter, as for `--claim` (repeatable)' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l typ -d 'Token type: the header parameter `typ` [default: at+jwt]' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l key -d 'Private key that signs, in PEM: P-256, P-384, Ed25519 or RSA' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l secret-file -d 'File with the shared secret that signs with HS256' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l secret-env -d 'Environment variable with the shared secret that signs with HS256' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l algorithm -l alg -d 'Algorithm of a generated key [default: ES256]' -r -f -a "ES256\t''
ES384\t''
EdDSA\t''
RS256\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l save-key -d 'Write the generated private key to this file, in PEM; an existing file is never overwritten' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l jwks -d 'Write the public key set (JWKS) to this file' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand sign" -l json -d 'Print JSON with the token and the public key set (tokscope.sign/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand mcp" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand mcp" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand mcp" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand mcp" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l dynamic -d 'Print a script that asks tokscope while you type: it also completes the endpoints, scopes and clients of the manifest and the IDs of stored tokens. Nothing is sent or decrypted. Load it at the start of the shell'
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l output -d 'Write the pages of all commands to this directory, which must exist' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -l manifest -d 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -l ca-file -d 'Additional CA certificates to trust, in PEM' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -l color -d 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand browse" -s h -l help -d 'Print help; `-h` prints a summary'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "decode" -d 'Decode a token, and optionally verify it'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "explain" -d 'Explain a finding, claim, header, algorithm, token type or error'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "why" -d 'Explain a failed call from curl output, a HAR file or a log'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "scopes" -d 'Find the least privileged scopes for a set of endpoints'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "check" -d 'Compare a token\'s scopes with those an endpoint requires'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "manifest" -d 'Create, check, compare and export the manifest'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "policy" -d 'Explain what the policy of the manifest decides'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "discover" -d 'Discover an API\'s authorization server and its capabilities'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "init" -d 'Set up a manifest: for an API, an issuer or a provider'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "login" -d 'Obtain a token with exactly the scopes the endpoints need'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "token" -d 'Print a valid token for the endpoints, stored or new'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "exec" -d 'Run a command with a valid token in its environment'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "tokens" -d 'Manage stored tokens: list, show, refresh, revoke, forget, review'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "trust" -d 'Trust the issuers and origins that a manifest names'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "approve" -d 'Approve requests of others, and request approvals'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "call" -d 'Call an endpoint, and name the missing scope if it fails'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "gateway" -d 'Let a program call APIs without ever holding a token'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "probe" -d 'Test what a token can access, and what the API enforces'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "audit" -d 'Read, verify, sign and export the audit log'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "demo" -d 'Run a guided demo on a local authorization server and API'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "sign" -d 'Make a test token, for tests of an API'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "mcp" -d 'Serve read-only tools to coding agents, over stdio (MCP)'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "completions" -d 'Print shell completions'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "man" -d 'Print a manual page'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "browse" -d 'Open a URL in the browser, without secrets in its environment'
complete -c tokscope -n "__fish_tokscope_using_subcommand help; and not __fish_seen_subcommand_from decode explain why scopes check manifest policy discover init login token exec tokens trust approve call gateway probe audit demo sign mcp completions man browse help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
