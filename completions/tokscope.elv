
use builtin;
use str;

set edit:completion:arg-completer[tokscope] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'tokscope'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'tokscope'= {
            cand --theme 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]'
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --keys 'Feed these keys first, such as `j<enter><ctrl-p><wait>`'
            cand --print 'Print one frame as text after the keys, and exit [default size: 120x36]'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --ascii 'Draw borders and marks in ASCII'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand -V 'Print the version'
            cand --version 'Print the version'
            cand decode 'Decode a token, and optionally verify it'
            cand explain 'Explain a finding, claim, header, algorithm, token type or error'
            cand why 'Explain a failed call from curl output, a HAR file or a log'
            cand scopes 'Find the least privileged scopes for a set of endpoints'
            cand check 'Compare a token''s scopes with those an endpoint requires'
            cand manifest 'Create, check, compare and export the manifest'
            cand policy 'Explain what the policy of the manifest decides'
            cand discover 'Discover an API''s authorization server and its capabilities'
            cand init 'Set up a manifest: for an API, an issuer or a provider'
            cand login 'Obtain a token with exactly the scopes the endpoints need'
            cand token 'Print a valid token for the endpoints, stored or new'
            cand exec 'Run a command with a valid token in its environment'
            cand tokens 'Manage stored tokens: list, show, refresh, revoke, forget, review'
            cand trust 'Trust the issuers and origins that a manifest names'
            cand approve 'Approve requests of others, and request approvals'
            cand call 'Call an endpoint, and name the missing scope if it fails'
            cand gateway 'Let a program call APIs without ever holding a token'
            cand probe 'Test what a token can access, and what the API enforces'
            cand audit 'Read, verify, sign and export the audit log'
            cand demo 'Run a guided demo on a local authorization server and API'
            cand sign 'Make a test token, for tests of an API'
            cand mcp 'Serve read-only tools to coding agents, over stdio (MCP)'
            cand completions 'Print shell completions'
            cand man 'Print a manual page'
            cand browse 'Open a URL in the browser, without secrets in its environment'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;decode'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --file 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR'
            cand --token-file 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR'
            cand --env 'Read the token from an environment variable'
            cand --token-env 'Read the token from an environment variable'
            cand --claim 'Print one claim: strings as they are, anything else as JSON. A JSON pointer such as `/realm_access/roles` selects a nested value (RFC 6901)'
            cand --fail-on 'Exit with code 6 if there is a finding of this severity or above'
            cand --max-lifetime 'Report tokens with a longer lifetime, such as `1h` or `30m` [default: 28h]'
            cand --max-bytes 'Maximum input size in bytes [default: 1048576; 64 MiB for a JSON document]'
            cand --decrypt 'Decrypt an encrypted token with a key file: a JWK, or a private key in PEM'
            cand --issuer 'Verify with the keys that this issuer publishes, and require it in `iss`'
            cand --jwks 'Verify with a JWK Set'
            cand --key 'Verify with a key file: JWK, public key (PEM or DER) or certificate'
            cand --secret-file 'Verify with a shared secret from a file; a trailing line break is ignored'
            cand --secret-env 'Verify with a shared secret from an environment variable'
            cand --secret 'Verify with a shared secret from stdin; only `-` is accepted'
            cand --audience 'Require this audience in `aud` (repeatable: any one of them)'
            cand --expect-issuer 'Require exactly this issuer in `iss`'
            cand --expect-type 'Require this type in `typ`, such as `at+jwt`'
            cand --algorithm 'Allow only these algorithms [default: those that the key type allows]'
            cand --leeway 'Clock skew to tolerate, in seconds'
            cand --detached 'Verify a detached signature over the bytes of a file (RFC 7515 Appendix F)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --json 'Print JSON (tokscope.decode/v1)'
            cand --header 'Print only the JOSE header, as JSON'
            cand --payload 'Print only the payload: claims as JSON, anything else unchanged'
            cand --lines 'Decode one token per line from stdin or --file, and print one JSON object per line in the same order'
            cand --findings 'With --lines, include findings for each token (much slower)'
            cand --scan 'Find every token in a text or log from stdin or --file, and print its line, column and type, masked'
            cand --fail-on-found 'With --scan, exit with code 6 if a token is found, such as to detect leaked tokens in CI'
            cand --verify 'Verify the token with one of the key options; exit with code 4 unless it is verified'
            cand --any-payload 'Accept a payload that is not a JSON claims set, as in a JWS that is not a JWT (RFC 7515)'
            cand --allow-short-secret 'Allow a shared secret that is shorter than the hash output (RFC 7518 §3.2)'
        }
        &'tokscope;explain'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --json 'Print JSON (tokscope.explain/v1)'
        }
        &'tokscope;why'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --status 'Status code, if the input does not show it'
            cand -H 'Additional response header'
            cand --header 'Additional response header'
            cand -e 'Endpoint that was called, if the capture does not show it'
            cand --endpoint 'Endpoint that was called, if the capture does not show it'
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --api 'API to use, if several match'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --follow 'Follow the challenge to the API''s metadata and its authorization server. No token is sent, and nothing is registered'
            cand --json 'Print JSON (tokscope.why/v1)'
            cand --markdown 'Print Markdown for an issue report; anything that looks like a secret is masked'
        }
        &'tokscope;scopes'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -e 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --endpoint 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --har 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy'
            cand --requests 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment'
            cand --log 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file'
            cand --collection 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them'
            cand --arazzo 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read'
            cand --source 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included'
            cand --alternatives 'Also list alternative scope sets, best first [default number: 5]'
            cand --client 'Use only scopes that this client may request'
            cand --api 'Only this API'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --all 'Include every endpoint of the manifest; with --endpoint, the same as --alternatives'
            cand --json 'Print JSON (tokscope.scopes/v1)'
        }
        &'tokscope;check'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --file 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR'
            cand --token-file 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR'
            cand --env 'Read the token from an environment variable'
            cand --token-env 'Read the token from an environment variable'
            cand -e 'Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET'
            cand --endpoint 'Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET'
            cand --api 'API to use, if several match'
            cand --client 'Client that the policy is asked about [default: the one that obtained the token]'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand -q 'Print nothing on stdout; the exit code is the result'
            cand --quiet 'Print nothing on stdout; the exit code is the result'
            cand --json 'Print JSON (tokscope.check/v1); for several endpoints, with an array `checks`'
        }
        &'tokscope;manifest'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand diff 'Show what a manifest change means: escalation, relaxation or neutral'
            cand drift 'Compare the manifest with an API description, an engine, server metadata or recorded requests'
            cand export 'Export the configuration of an engine, or of an authorization server, that enforces the manifest'
            cand fmt 'Format the manifest, keeping comments'
            cand import 'Import endpoints and scopes from an API description'
            cand init 'Create a manifest from an API description, or interactively'
            cand lint 'Report errors and suspicious entries in the manifest'
            cand schema 'Print the JSON Schema of tokscope.toml, for editors'
            cand show 'Show APIs, endpoints with their requirements, scopes, clients and policy'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;manifest;diff'= {
            cand --fail-on 'Exit with code 6 if there is a change of this kind or worse'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.manifest-diff/v1)'
            cand --markdown 'Print Markdown for a pull request'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;drift'= {
            cand --description 'API description: report missing, unknown and differing endpoints'
            cand --reading 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]'
            cand --overlay 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated'
            cand --base-url 'Base URL, instead of the description''s own server'
            cand --for 'Kind of Microsoft Graph permission to import'
            cand --engine 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]'
            cand --metadata 'Authorization server metadata (RFC 8414): report scopes that it does not support, or that no endpoint needs'
            cand --issuer 'Fetch the metadata of the API''s authorization server, or of URL'
            cand --export 'Configuration written by `manifest export`: report edits, and rules that the manifest has changed since'
            cand --running 'Configuration of an engine or of an authorization server (repeatable): report what it enforces otherwise'
            cand --har 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy'
            cand --requests 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment'
            cand --log 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file'
            cand --collection 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them'
            cand --arazzo 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read'
            cand --source 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included'
            cand --sql 'Print SQL that compares the manifest with a log inside a database; --log names the files as the database finds them'
            cand --api 'API to compare, if the manifest has several'
            cand --fail-on 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2'
            cand --format 'Output format'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Same as --format json'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;export'= {
            cand --api 'API to export, if the manifest has several'
            cand --keys 'Keys that verify tokens: a URL, or a file as the engine sees it'
            cand --alg 'Signature algorithm, for engines that do not take it from the key: `HAProxy`'
            cand --listen 'Address that the engine listens on'
            cand --upstream 'URL that the engine forwards to [default: the origin of the API''s base URL]'
            cand --claim 'Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]'
            cand --deny 'Deny this endpoint, because the engine can''t express it (repeatable)'
            cand --selector 'Label of the workloads that an Istio policy is for, such as app=orders [default: all of the namespace]'
            cand --provider 'Provider of Terraform'
            cand -o 'Write to a file instead of stdout'
            cand --output 'Write to a file instead of stdout'
            cand --check 'Check only; exit with code 6 if this file differs from the export'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --without-policy 'Export the scopes only, although the manifest has a policy'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;fmt'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --check 'Check only; exit with code 6 if the manifest is not formatted'
            cand --sort 'Also sort endpoints by path and method, and scopes by name, each with its comment'
            cand --stdout 'Print the formatted manifest instead of writing it'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;import'= {
            cand --api 'Name of the API in the manifest [default: derived from its title]'
            cand --into 'Manifest to write to; created if it does not exist'
            cand --reading 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]'
            cand --overlay 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated'
            cand --base-url 'Base URL, instead of the description''s own server'
            cand --for 'Kind of Microsoft Graph permission to import'
            cand --engine 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]'
            cand --last 'Description as it was last imported: a file, or `REV:path` in git. Changes made by hand since then are kept, and reported as conflicts where the description changed too'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --update 'Update lines that differ from the description, except lines with a comment'
            cand --prune 'Remove lines that are no longer in the description, except lines with a comment'
            cand --json 'Print JSON (tokscope.import/v1)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;init'= {
            cand --api 'Name of the API [default: derived from its title, or prompted for]'
            cand --issuer 'Issuer of the API''s tokens'
            cand --client-id '`client_id` of a client registered with that issuer'
            cand --reading 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]'
            cand --overlay 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated'
            cand --base-url 'Base URL, instead of the description''s own server'
            cand --for 'Kind of Microsoft Graph permission to import'
            cand --engine 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --refer 'Refer to the description instead of copying it'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;lint'= {
            cand --fail-on 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2'
            cand --format 'Output format'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Same as --format json'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;schema'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;show'= {
            cand --api 'Only this API'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.manifest-show/v1)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;manifest;help'= {
            cand diff 'Show what a manifest change means: escalation, relaxation or neutral'
            cand drift 'Compare the manifest with an API description, an engine, server metadata or recorded requests'
            cand export 'Export the configuration of an engine, or of an authorization server, that enforces the manifest'
            cand fmt 'Format the manifest, keeping comments'
            cand import 'Import endpoints and scopes from an API description'
            cand init 'Create a manifest from an API description, or interactively'
            cand lint 'Report errors and suspicious entries in the manifest'
            cand schema 'Print the JSON Schema of tokscope.toml, for editors'
            cand show 'Show APIs, endpoints with their requirements, scopes, clients and policy'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;manifest;help;diff'= {
        }
        &'tokscope;manifest;help;drift'= {
        }
        &'tokscope;manifest;help;export'= {
        }
        &'tokscope;manifest;help;fmt'= {
        }
        &'tokscope;manifest;help;import'= {
        }
        &'tokscope;manifest;help;init'= {
        }
        &'tokscope;manifest;help;lint'= {
        }
        &'tokscope;manifest;help;schema'= {
        }
        &'tokscope;manifest;help;show'= {
        }
        &'tokscope;manifest;help;help'= {
        }
        &'tokscope;policy'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand test 'Explain what the policy decides about a request, and by which rule'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;policy;test'= {
            cand --client 'Client in the manifest'
            cand --at 'Time, such as `2026-12-01T03:00Z`; without an offset, in UTC [default: now]'
            cand --env 'Label of the environment'
            cand --environment 'Label of the environment'
            cand --ci 'Whether it runs in continuous integration'
            cand --branch 'Branch'
            cand --caller 'Program that uses the token'
            cand --interactive 'Whether a user is present'
            cand --sign-in-age 'Seconds since the user signed in [default: not known]'
            cand --scope 'Scope that is requested (repeatable) [default: the least privileged scopes that the endpoint needs]'
            cand --api 'API to use, if several match'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.policy-test/v1)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;policy;help'= {
            cand test 'Explain what the policy decides about a request, and by which rule'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;policy;help;test'= {
        }
        &'tokscope;policy;help;help'= {
        }
        &'tokscope;discover'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --register 'Register a public client at the authorization server (RFC 7591)'
            cand --unregister 'Delete a registration: URL is its client configuration endpoint, and the registration access token is read from stdin (RFC 7592)'
            cand --follow-private 'Follow servers to private and loopback addresses of other origins without asking'
            cand --json 'Print JSON (tokscope.discover/v1)'
        }
        &'tokscope;init'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --provider 'Provider to set up'
            cand --api 'Name of the API in the manifest [default: derived from its title, otherwise `main`]'
            cand --base-url 'Base URL of the API, if it differs from URL or from the description'
            cand --issuer 'Issuer of the API''s tokens, if the API does not publish it'
            cand -e 'Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)'
            cand --endpoint 'Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)'
            cand --client-id '`client_id` of the registered client'
            cand --secret-env 'Environment variable with the client''s secret'
            cand --variable 'Value of one of the provider''s variables, such as its tenant (repeatable)'
            cand --acr-values 'Authentication context that the API requires: `acr_values` (RFC 9470)'
            cand --max-age 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)'
            cand --subject 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --register 'Register a client at the authorization server (RFC 7591)'
            cand --follow-private 'Follow servers to private and loopback addresses of other origins without asking'
            cand --list 'List the providers'
            cand --json 'Print JSON (tokscope.init/v1)'
            cand --no-browser 'Print the sign-in URL instead of opening a browser'
            cand --paste 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;login'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -e 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --endpoint 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --scope 'Additional scope to request (repeatable)'
            cand --api 'API to use, if several match'
            cand --provider 'Provider to sign in at: with the manifest''s client, or without a manifest with `--client-id`'
            cand --issuer 'Issuer to sign in at, without a manifest'
            cand --client-id '`client_id`, without a manifest'
            cand --secret-env 'Environment variable with the client''s secret, without a manifest'
            cand --variable 'Value of one of the provider''s variables, such as its tenant (repeatable)'
            cand --client 'Client to use, if the manifest has several'
            cand --grant 'Grant type [default: the first in the client''s `grants`]'
            cand --acr-values 'Authentication context that the API requires: `acr_values` (RFC 9470)'
            cand --max-age 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)'
            cand --subject 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --split 'Obtain a token for each set of scopes, so that `gateway` and `token` can use the narrowest; after the first sign-in, the browser''s session is used without a prompt'
            cand --json 'Print JSON (tokscope.login/v1)'
            cand --no-browser 'Print the sign-in URL instead of opening a browser'
            cand --paste 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;token'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -e 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --endpoint 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --api 'API to use, if several match'
            cand --format 'Output format: the token alone (raw), the value of the Authorization header (credentials), the whole header line (header), a shell assignment (env), or json'
            cand --client 'Client to use, if the manifest has several'
            cand --grant 'Grant type [default: the first in the client''s `grants`]'
            cand --acr-values 'Authentication context that the API requires: `acr_values` (RFC 9470)'
            cand --max-age 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)'
            cand --subject 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --header 'Same as --format header'
            cand --json 'Same as --format json (tokscope.token/v1)'
            cand --no-browser 'Print the sign-in URL instead of opening a browser'
            cand --paste 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;exec'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -e 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --endpoint 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --api 'API to use, if several match'
            cand --env 'Environment variable for the token'
            cand --client 'Client to use, if the manifest has several'
            cand --grant 'Grant type [default: the first in the client''s `grants`]'
            cand --acr-values 'Authentication context that the API requires: `acr_values` (RFC 9470)'
            cand --max-age 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)'
            cand --subject 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --header 'Prefix the token with `Bearer `'
            cand --no-browser 'Print the sign-in URL instead of opening a browser'
            cand --paste 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;tokens'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand list 'List stored tokens: issuer, client, scopes, expiry, last use'
            cand show 'Show everything about a stored token except the token itself'
            cand introspect 'Ask the authorization server whether a token is active, and for its scopes'
            cand refresh 'Refresh a stored token now'
            cand revoke 'Revoke tokens at their authorization server, then forget them'
            cand forget 'Delete stored tokens without revoking them'
            cand review 'Compare granted with used scopes, and name what to narrow or revoke'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;tokens;list'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;show'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;introspect'= {
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --client 'Client that asks; by default, the one that obtained the token'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;refresh'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --secret-env 'Environment variable with the client''s secret, for a token that was obtained without a manifest'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand --accept-more 'Accept a token that was granted more scopes than the old one'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;revoke'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --all 'All stored tokens'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand --learn-narrowing 'First test whether a refresh for fewer scopes costs the grant at this server, and remember it'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;forget'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --all 'All stored tokens'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --json 'Print JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;review'= {
            cand --log 'Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)'
            cand --format 'Output format; json is tokscope.review/v1'
            cand --fail-on 'Exit with code 6 if there is a finding of this severity or above'
            cand --off 'Leave out findings with this code (repeatable)'
            cand --sql 'Print SQL that reviews the logs inside a database, with the manifest as tables; --log names the files as the database finds them'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Same as --format json'
            cand --apply 'Narrow, replace and revoke as proposed, after a prompt for each token. A token is only revoked once a call with its replacement succeeded'
            cand -y 'With --apply, do not ask'
            cand --yes 'With --apply, do not ask'
            cand --no-browser 'With --apply, print the sign-in URL instead of opening a browser'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;tokens;help'= {
            cand list 'List stored tokens: issuer, client, scopes, expiry, last use'
            cand show 'Show everything about a stored token except the token itself'
            cand introspect 'Ask the authorization server whether a token is active, and for its scopes'
            cand refresh 'Refresh a stored token now'
            cand revoke 'Revoke tokens at their authorization server, then forget them'
            cand forget 'Delete stored tokens without revoking them'
            cand review 'Compare granted with used scopes, and name what to narrow or revoke'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;tokens;help;list'= {
        }
        &'tokscope;tokens;help;show'= {
        }
        &'tokscope;tokens;help;introspect'= {
        }
        &'tokscope;tokens;help;refresh'= {
        }
        &'tokscope;tokens;help;revoke'= {
        }
        &'tokscope;tokens;help;forget'= {
        }
        &'tokscope;tokens;help;review'= {
        }
        &'tokscope;tokens;help;help'= {
        }
        &'tokscope;trust'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand list 'List trusted manifests'
            cand revoke 'Withdraw trust from a manifest'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;trust;list'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.trust/v1)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;trust;revoke'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;trust;help'= {
            cand list 'List trusted manifests'
            cand revoke 'Withdraw trust from a manifest'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;trust;help;list'= {
        }
        &'tokscope;trust;help;revoke'= {
        }
        &'tokscope;trust;help;help'= {
        }
        &'tokscope;approve'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --add 'Add a reply to the request that it belongs to; `-` for stdin (repeatable)'
            cand --show 'Print a request, to be sent'
            cand --emergency 'Go ahead for 15 minutes before the approval, if the approvers permit that in an emergency'
            cand --end 'End an approval, or all whose window has ended, and revoke their tokens'
            cand --key 'SSH key to sign with [default: the key in ~/.ssh or the agent that the manifest lists]'
            cand --refuse 'Refuse the request, with a reason'
            cand -e 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --endpoint 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)'
            cand --scope 'Additional scope (repeatable)'
            cand --api 'API to use, if several match'
            cand --client 'Client to use, if the manifest has several'
            cand --reason 'Why it is needed'
            cand --for 'Length of the window, such as 2h [default: 8h]'
            cand --from 'Begin of the window [default: now]'
            cand --uses 'Number of uses, or `any`: tokens obtained above the ceiling, and calls that a rule wants approved'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --list 'List the requests on this machine'
            cand --request 'Make a request, and print it'
            cand --forget 'Remove requests that have ended'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --despite-differences 'With --yes: approve although the request differs from this manifest'
            cand --json 'Print JSON (tokscope.approve/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;call'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --mcp 'URL of a Model Context Protocol server. ENDPOINT is then a method such as `tools/list` or `tools/call`, and --data its arguments. If the manifest does not know the server, its challenge leads to its authorization server, where a client is registered after you confirm'
            cand --client-id 'With --mcp and a server that the manifest does not know, use this registered client instead of registering one'
            cand --client-document 'With --mcp and a server that the manifest does not know: `https` URL of a client ID metadata document that you publish. Where the server accepts such documents, no client is registered'
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --client 'Client to use, if the manifest has several'
            cand --grant 'Grant type [default: the first in the client''s `grants`]'
            cand --acr-values 'Authentication context that the API requires: `acr_values` (RFC 9470)'
            cand --max-age 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)'
            cand --subject 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -p 'Value of a path parameter'
            cand --param 'Value of a path parameter'
            cand -Q 'Query parameter'
            cand --query 'Query parameter'
            cand -H 'Request header'
            cand --header 'Request header'
            cand -d 'Request body'
            cand --data 'Request body'
            cand -o 'Write the response body to a file'
            cand --output 'Write the response body to a file'
            cand --timeout 'Timeout in seconds'
            cand --max-size 'Maximum size of the response body, in bytes'
            cand --api 'API to use, if several match'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --no-browser 'Print the sign-in URL instead of opening a browser'
            cand --paste 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --step-up 'If a scope or a stronger sign-in is missing, obtain it and call again, once'
            cand --dry-run 'Print the request as a `curl` command with a placeholder for the token, and send nothing. Needs no trust'
            cand -i 'Show response headers and timing on stderr'
            cand --include 'Show response headers and timing on stderr'
            cand --pretty 'Pretty-print a JSON body (default on a terminal)'
            cand --http1 'Use HTTP/1.1 only'
            cand --http2 'Use HTTP/2 only, with prior knowledge if the URL is not https'
            cand --json 'Print JSON (tokscope.call/v1)'
        }
        &'tokscope;gateway'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand run 'Run a command with a gateway in front of its APIs'
            cand serve 'Keep a gateway running until it is stopped'
            cand status 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)'
            cand env 'Print the variables for callers of a running gateway, for `eval`'
            cand reload 'Make a running gateway use the changed manifest, even if it allows more'
            cand stop 'Stop a running gateway'
            cand learn 'Learn endpoints and their scopes from traffic'
            cand authorize 'Decide about requests that a proxy asks about'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;gateway;run'= {
            cand --client 'Client to use, if several match'
            cand --api 'Only this API [default: every API of the manifest]'
            cand --origin 'Origin whose web pages may call the gateway (repeatable)'
            cand --idle-timeout 'Seconds without any data after which a request ends; event streams have no limit'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --observe 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token'
            cand --enforce 'Deny what the manifest does not allow [default]'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;serve'= {
            cand --client 'Client to use, if several match'
            cand --api 'Only this API [default: every API of the manifest]'
            cand --origin 'Origin whose web pages may call the gateway (repeatable)'
            cand --idle-timeout 'Seconds without any data after which a request ends; event streams have no limit'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --listen 'Address for an API: `API=ADDRESS:PORT`, or `ADDRESS:PORT` if there is only one (repeatable) [default: a free port on 127.0.0.1 for each API]'
            cand --sockets 'Also listen on a Unix socket `API.sock` for each API, in this directory, which is made private'
            cand --name 'Name of the gateway, for `status`, `env`, `reload` and `stop`'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --observe 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token'
            cand --enforce 'Deny what the manifest does not allow [default]'
            cand --accept-more 'Accept a token that was granted more scopes than requested'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;status'= {
            cand --name 'Name of the gateway'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;env'= {
            cand --name 'Name of the gateway'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;reload'= {
            cand --name 'Name of the gateway'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;stop'= {
            cand --name 'Name of the gateway'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;learn'= {
            cand --api 'Only this API'
            cand --since 'Earliest record of the audit log: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d'
            cand --template 'Template that paths are matched with, such as `/files/{name}` (repeatable)'
            cand --least 'Least certainty of a requirement that is added'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --write 'Add the new endpoints to the manifest'
            cand --ask 'Ask about each new endpoint before it is added'
            cand --json 'Print JSON (tokscope.gateway-learn/v1)'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;authorize'= {
            cand --adapter 'How the proxy passes on the client''s method and target'
            cand --path-prefix 'Prefix of the target with `--adapter native`, as in the proxy''s configuration'
            cand --listen 'Address to listen on; port 0 means any free one'
            cand --api 'API whose requests are decided about, if the manifest has several'
            cand --keys 'Keys that verify tokens: a URL or a file [default: those of the API''s issuer]'
            cand --environment 'Label of the environment, for policies, such as `production`'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;gateway;help'= {
            cand run 'Run a command with a gateway in front of its APIs'
            cand serve 'Keep a gateway running until it is stopped'
            cand status 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)'
            cand env 'Print the variables for callers of a running gateway, for `eval`'
            cand reload 'Make a running gateway use the changed manifest, even if it allows more'
            cand stop 'Stop a running gateway'
            cand learn 'Learn endpoints and their scopes from traffic'
            cand authorize 'Decide about requests that a proxy asks about'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;gateway;help;run'= {
        }
        &'tokscope;gateway;help;serve'= {
        }
        &'tokscope;gateway;help;status'= {
        }
        &'tokscope;gateway;help;env'= {
        }
        &'tokscope;gateway;help;reload'= {
        }
        &'tokscope;gateway;help;stop'= {
        }
        &'tokscope;gateway;help;learn'= {
        }
        &'tokscope;gateway;help;authorize'= {
        }
        &'tokscope;gateway;help;help'= {
        }
        &'tokscope;probe'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --client 'Client that obtains tokens lacking one required scope each'
            cand -e 'Only this endpoint, whatever its method (repeatable)'
            cand --endpoint 'Only this endpoint, whatever its method (repeatable)'
            cand -p 'Value of a path parameter, wherever it occurs'
            cand --param 'Value of a path parameter, wherever it occurs'
            cand --engine 'Test the proxy at this URL with tokens of every kind, signed with --sign-key'
            cand --sign-key 'Private key in PEM that the engine accepts for the API''s issuer'
            cand --api 'API to use, if several match'
            cand --rate 'Maximum calls per second'
            cand --most 'Maximum number of calls'
            cand --state 'File that records completed calls, so that the next run continues after them'
            cand --format 'Output format'
            cand --fail-on 'Exit with code 6 if there is a finding of this severity or above'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
        }
        &'tokscope;audit'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand log 'List records, the latest last'
            cand verify 'Verify that no record was changed, inserted or removed'
            cand export 'Pass records to other programs: OTLP, OCSF, JSON Lines'
            cand checkpoint 'Print a signed checkpoint, to be kept on another machine'
            cand accept 'Continue a log that was damaged, shortened, replaced or removed'
            cand prune 'Remove old segments of the log'
            cand erase 'Remove the pseudonyms of a user, so that no record can be assigned to them any more'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;audit;log'= {
            cand --since 'Earliest time: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d'
            cand --until 'Latest time, in the same forms'
            cand --client 'Client in the manifest'
            cand -e 'Endpoint, or a part of it'
            cand --endpoint 'Endpoint, or a part of it'
            cand --scope 'Scope that was required, requested, granted or used'
            cand --event 'Event such as token.used, or a group such as token (repeatable)'
            cand --outcome 'Outcome: ok, denied, refused, failed or unknown (repeatable)'
            cand --token 'Beginning of the fingerprint or ID of a token'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print the lines of the log as they are (JSON Lines)'
            cand -f 'Wait for new records'
            cand --follow 'Wait for new records'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;verify'= {
            cand --checkpoint 'Checkpoint that was printed earlier by `audit checkpoint` (repeatable)'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --json 'Print JSON (tokscope.audit/v1)'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;export'= {
            cand --otlp 'Send OTLP logs in JSON to this URL; without a path, to its `/v1/logs`'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --ocsf 'Print OCSF 1.8 events as JSON Lines'
            cand --jsonl 'Print the lines of the log as they are, up to the last complete one'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;checkpoint'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;accept'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;prune'= {
            cand --older-than 'Remove segments whose records are all older than this number of days'
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;erase'= {
            cand --store 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]'
            cand --passphrase-file 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand --trust-manifest 'Trust the manifest''s issuers and origins for this run only'
            cand --no-interact 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;audit;help'= {
            cand log 'List records, the latest last'
            cand verify 'Verify that no record was changed, inserted or removed'
            cand export 'Pass records to other programs: OTLP, OCSF, JSON Lines'
            cand checkpoint 'Print a signed checkpoint, to be kept on another machine'
            cand accept 'Continue a log that was damaged, shortened, replaced or removed'
            cand prune 'Remove old segments of the log'
            cand erase 'Remove the pseudonyms of a user, so that no record can be assigned to them any more'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;audit;help;log'= {
        }
        &'tokscope;audit;help;verify'= {
        }
        &'tokscope;audit;help;export'= {
        }
        &'tokscope;audit;help;checkpoint'= {
        }
        &'tokscope;audit;help;accept'= {
        }
        &'tokscope;audit;help;prune'= {
        }
        &'tokscope;audit;help;erase'= {
        }
        &'tokscope;audit;help;help'= {
        }
        &'tokscope;demo'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --port 'With --serve, port of the authorization server; the API gets the next one, and 0 means any free ports [default: 8421, or free ports if it is in use]'
            cand --write 'With --serve, write the manifest `tokscope.toml` and the secret of its client `ci` to this directory instead of printing them, and trust the manifest. Another manifest is never overwritten'
            cand --theme 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]'
            cand --token 'Read the token from stdin; only `-` is accepted'
            cand --token-file 'Read the token from a file; `-` for stdin'
            cand --token-env 'Read the token from an environment variable'
            cand --keys 'Feed these keys first, such as `j<enter><ctrl-p><wait>`'
            cand --print 'Print one frame as text after the keys, and exit [default size: 120x36]'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --serve 'Keep the servers running, and print a manifest to use them with'
            cand --text 'Print the demo as text, even on a terminal'
            cand --gateway 'Run a small program behind a gateway, and print what was narrowed, denied and learned'
            cand --gateway-program 'The small program of --gateway'
            cand --json 'With --serve, print JSON (tokscope.demo/v1)'
            cand --ascii 'Draw borders and marks in ASCII'
        }
        &'tokscope;sign'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --scope 'Scopes: the claim `scope`, separated by spaces (repeatable)'
            cand --audience 'Audience: the claim `aud` (repeatable)'
            cand --issuer 'Issuer: the claim `iss` [default: `https://tokscope.invalid`]'
            cand --subject 'Subject: the claim `sub` [default: test-user]'
            cand --expires-in 'Lifetime, such as `5m` or `2h` [default: 1h]'
            cand --claim 'Claim: JSON if it can be parsed as such, otherwise a string; `null` removes the claim (repeatable)'
            cand --claims 'File with claims, a JSON object'
            cand --header 'Header parameter, as for `--claim` (repeatable)'
            cand --typ 'Token type: the header parameter `typ` [default: at+jwt]'
            cand --key 'Private key that signs, in PEM: P-256, P-384, Ed25519 or RSA'
            cand --secret-file 'File with the shared secret that signs with HS256'
            cand --secret-env 'Environment variable with the shared secret that signs with HS256'
            cand --algorithm 'Algorithm of a generated key [default: ES256]'
            cand --alg 'Algorithm of a generated key [default: ES256]'
            cand --save-key 'Write the generated private key to this file, in PEM; an existing file is never overwritten'
            cand --jwks 'Write the public key set (JWKS) to this file'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --json 'Print JSON with the token and the public key set (tokscope.sign/v1)'
        }
        &'tokscope;mcp'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;completions'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
            cand --dynamic 'Print a script that asks tokscope while you type: it also completes the endpoints, scopes and clients of the manifest and the IDs of stored tokens. Nothing is sent or decrypted. Load it at the start of the shell'
        }
        &'tokscope;man'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand --output 'Write the pages of all commands to this directory, which must exist'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;browse'= {
            cand --manifest 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]'
            cand --ca-file 'Additional CA certificates to trust, in PEM'
            cand --color 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never'
            cand -h 'Print help; `-h` prints a summary'
            cand --help 'Print help; `-h` prints a summary'
        }
        &'tokscope;help'= {
            cand decode 'Decode a token, and optionally verify it'
            cand explain 'Explain a finding, claim, header, algorithm, token type or error'
            cand why 'Explain a failed call from curl output, a HAR file or a log'
            cand scopes 'Find the least privileged scopes for a set of endpoints'
            cand check 'Compare a token''s scopes with those an endpoint requires'
            cand manifest 'Create, check, compare and export the manifest'
            cand policy 'Explain what the policy of the manifest decides'
            cand discover 'Discover an API''s authorization server and its capabilities'
            cand init 'Set up a manifest: for an API, an issuer or a provider'
            cand login 'Obtain a token with exactly the scopes the endpoints need'
            cand token 'Print a valid token for the endpoints, stored or new'
            cand exec 'Run a command with a valid token in its environment'
            cand tokens 'Manage stored tokens: list, show, refresh, revoke, forget, review'
            cand trust 'Trust the issuers and origins that a manifest names'
            cand approve 'Approve requests of others, and request approvals'
            cand call 'Call an endpoint, and name the missing scope if it fails'
            cand gateway 'Let a program call APIs without ever holding a token'
            cand probe 'Test what a token can access, and what the API enforces'
            cand audit 'Read, verify, sign and export the audit log'
            cand demo 'Run a guided demo on a local authorization server and API'
            cand sign 'Make a test token, for tests of an API'
            cand mcp 'Serve read-only tools to coding agents, over stdio (MCP)'
            cand completions 'Print shell completions'
            cand man 'Print a manual page'
            cand browse 'Open a URL in the browser, without secrets in its environment'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'tokscope;help;decode'= {
        }
        &'tokscope;help;explain'= {
        }
        &'tokscope;help;why'= {
        }
        &'tokscope;help;scopes'= {
        }
        &'tokscope;help;check'= {
        }
        &'tokscope;help;manifest'= {
        }
        &'tokscope;help;policy'= {
        }
        &'tokscope;help;discover'= {
        }
        &'tokscope;help;init'= {
        }
        &'tokscope;help;login'= {
        }
        &'tokscope;help;token'= {
        }
        &'tokscope;help;exec'= {
        }
        &'tokscope;help;tokens'= {
        }
        &'tokscope;help;trust'= {
        }
        &'tokscope;help;approve'= {
        }
        &'tokscope;help;call'= {
        }
        &'tokscope;help;gateway'= {
        }
        &'tokscope;help;probe'= {
        }
        &'tokscope;help;audit'= {
        }
        &'tokscope;help;demo'= {
        }
        &'tokscope;help;sign'= {
        }
        &'tokscope;help;mcp'= {
        }
        &'tokscope;help;completions'= {
        }
        &'tokscope;help;man'= {
        }
        &'tokscope;help;browse'= {
        }
        &'tokscope;help;help'= {
        }
    ]
    $completions[$command]
}
