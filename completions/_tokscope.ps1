
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'tokscope' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'tokscope'
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
        'tokscope' {
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Feed these keys first, such as `j<enter><ctrl-p><wait>`')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print one frame as text after the keys, and exit [default size: 120x36]')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw borders and marks in ASCII')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Decode a token, and optionally verify it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a finding, claim, header, algorithm, token type or error')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Explain a failed call from curl output, a HAR file or a log')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'Find the least privileged scopes for a set of endpoints')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Compare a token''s scopes with those an endpoint requires')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Create, check, compare and export the manifest')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Explain what the policy of the manifest decides')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'Discover an API''s authorization server and its capabilities')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Set up a manifest: for an API, an issuer or a provider')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Obtain a token with exactly the scopes the endpoints need')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a valid token for the endpoints, stored or new')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a valid token in its environment')
            [CompletionResult]::new('tokens', 'tokens', [CompletionResultType]::ParameterValue, 'Manage stored tokens: list, show, refresh, revoke, forget, review')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the issuers and origins that a manifest names')
            [CompletionResult]::new('approve', 'approve', [CompletionResultType]::ParameterValue, 'Approve requests of others, and request approvals')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call an endpoint, and name the missing scope if it fails')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Let a program call APIs without ever holding a token')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Test what a token can access, and what the API enforces')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Read, verify, sign and export the audit log')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Run a guided demo on a local authorization server and API')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Make a test token, for tests of an API')
            [CompletionResult]::new('mcp', 'mcp', [CompletionResultType]::ParameterValue, 'Serve read-only tools to coding agents, over stdio (MCP)')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print shell completions')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'Open a URL in the browser, without secrets in its environment')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;decode' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'Print one claim: strings as they are, anything else as JSON. A JSON pointer such as `/realm_access/roles` selects a nested value (RFC 6901)')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a finding of this severity or above')
            [CompletionResult]::new('--max-lifetime', '--max-lifetime', [CompletionResultType]::ParameterName, 'Report tokens with a longer lifetime, such as `1h` or `30m` [default: 28h]')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'Maximum input size in bytes [default: 1048576; 64 MiB for a JSON document]')
            [CompletionResult]::new('--decrypt', '--decrypt', [CompletionResultType]::ParameterName, 'Decrypt an encrypted token with a key file: a JWK, or a private key in PEM')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Verify with the keys that this issuer publishes, and require it in `iss`')
            [CompletionResult]::new('--jwks', '--jwks', [CompletionResultType]::ParameterName, 'Verify with a JWK Set')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Verify with a key file: JWK, public key (PEM or DER) or certificate')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Verify with a shared secret from a file; a trailing line break is ignored')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Verify with a shared secret from an environment variable')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Verify with a shared secret from stdin; only `-` is accepted')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Require this audience in `aud` (repeatable: any one of them)')
            [CompletionResult]::new('--expect-issuer', '--expect-issuer', [CompletionResultType]::ParameterName, 'Require exactly this issuer in `iss`')
            [CompletionResult]::new('--expect-type', '--expect-type', [CompletionResultType]::ParameterName, 'Require this type in `typ`, such as `at+jwt`')
            [CompletionResult]::new('--algorithm', '--algorithm', [CompletionResultType]::ParameterName, 'Allow only these algorithms [default: those that the key type allows]')
            [CompletionResult]::new('--leeway', '--leeway', [CompletionResultType]::ParameterName, 'Clock skew to tolerate, in seconds')
            [CompletionResult]::new('--detached', '--detached', [CompletionResultType]::ParameterName, 'Verify a detached signature over the bytes of a file (RFC 7515 Appendix F)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.decode/v1)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Print only the JOSE header, as JSON')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'Print only the payload: claims as JSON, anything else unchanged')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Decode one token per line from stdin or --file, and print one JSON object per line in the same order')
            [CompletionResult]::new('--findings', '--findings', [CompletionResultType]::ParameterName, 'With --lines, include findings for each token (much slower)')
            [CompletionResult]::new('--scan', '--scan', [CompletionResultType]::ParameterName, 'Find every token in a text or log from stdin or --file, and print its line, column and type, masked')
            [CompletionResult]::new('--fail-on-found', '--fail-on-found', [CompletionResultType]::ParameterName, 'With --scan, exit with code 6 if a token is found, such as to detect leaked tokens in CI')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Verify the token with one of the key options; exit with code 4 unless it is verified')
            [CompletionResult]::new('--any-payload', '--any-payload', [CompletionResultType]::ParameterName, 'Accept a payload that is not a JSON claims set, as in a JWS that is not a JWT (RFC 7515)')
            [CompletionResult]::new('--allow-short-secret', '--allow-short-secret', [CompletionResultType]::ParameterName, 'Allow a shared secret that is shorter than the hash output (RFC 7518 §3.2)')
            break
        }
        'tokscope;explain' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.explain/v1)')
            break
        }
        'tokscope;why' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Status code, if the input does not show it')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Additional response header')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Additional response header')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint that was called, if the capture does not show it')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint that was called, if the capture does not show it')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Follow the challenge to the API''s metadata and its authorization server. No token is sent, and nothing is registered')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.why/v1)')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Print Markdown for an issue report; anything that looks like a secret is masked')
            break
        }
        'tokscope;scopes' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--har', '--har', [CompletionResultType]::ParameterName, 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy')
            [CompletionResult]::new('--requests', '--requests', [CompletionResultType]::ParameterName, 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file')
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them')
            [CompletionResult]::new('--arazzo', '--arazzo', [CompletionResultType]::ParameterName, 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included')
            [CompletionResult]::new('--alternatives', '--alternatives', [CompletionResultType]::ParameterName, 'Also list alternative scope sets, best first [default number: 5]')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Use only scopes that this client may request')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Include every endpoint of the manifest; with --endpoint, the same as --alternatives')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.scopes/v1)')
            break
        }
        'tokscope;check' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file: a bare token, a token response, an HTTP request, a HAR')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client that the policy is asked about [default: the one that obtained the token]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing on stdout; the exit code is the result')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing on stdout; the exit code is the result')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.check/v1); for several endpoints, with an array `checks`')
            break
        }
        'tokscope;manifest' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what a manifest change means: escalation, relaxation or neutral')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the manifest with an API description, an engine, server metadata or recorded requests')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export the configuration of an engine, or of an authorization server, that enforces the manifest')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Format the manifest, keeping comments')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import endpoints and scopes from an API description')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create a manifest from an API description, or interactively')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Report errors and suspicious entries in the manifest')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of tokscope.toml, for editors')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show APIs, endpoints with their requirements, scopes, clients and policy')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;manifest;diff' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a change of this kind or worse')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.manifest-diff/v1)')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Print Markdown for a pull request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;drift' {
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'API description: report missing, unknown and differing endpoints')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]')
            [CompletionResult]::new('--overlay', '--overlay', [CompletionResultType]::ParameterName, 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Base URL, instead of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Kind of Microsoft Graph permission to import')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]')
            [CompletionResult]::new('--metadata', '--metadata', [CompletionResultType]::ParameterName, 'Authorization server metadata (RFC 8414): report scopes that it does not support, or that no endpoint needs')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Fetch the metadata of the API''s authorization server, or of URL')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Configuration written by `manifest export`: report edits, and rules that the manifest has changed since')
            [CompletionResult]::new('--running', '--running', [CompletionResultType]::ParameterName, 'Configuration of an engine or of an authorization server (repeatable): report what it enforces otherwise')
            [CompletionResult]::new('--har', '--har', [CompletionResultType]::ParameterName, 'Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy')
            [CompletionResult]::new('--requests', '--requests', [CompletionResultType]::ParameterName, 'Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file')
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them')
            [CompletionResult]::new('--arazzo', '--arazzo', [CompletionResultType]::ParameterName, 'Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included')
            [CompletionResult]::new('--sql', '--sql', [CompletionResultType]::ParameterName, 'Print SQL that compares the manifest with a log inside a database; --log names the files as the database finds them')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to compare, if the manifest has several')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Same as --format json')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;export' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to export, if the manifest has several')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Keys that verify tokens: a URL, or a file as the engine sees it')
            [CompletionResult]::new('--alg', '--alg', [CompletionResultType]::ParameterName, 'Signature algorithm, for engines that do not take it from the key: `HAProxy`')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address that the engine listens on')
            [CompletionResult]::new('--upstream', '--upstream', [CompletionResultType]::ParameterName, 'URL that the engine forwards to [default: the origin of the API''s base URL]')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]')
            [CompletionResult]::new('--deny', '--deny', [CompletionResultType]::ParameterName, 'Deny this endpoint, because the engine can''t express it (repeatable)')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'Label of the workloads that an Istio policy is for, such as app=orders [default: all of the namespace]')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider of Terraform')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file instead of stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file instead of stdout')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Check only; exit with code 6 if this file differs from the export')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--without-policy', '--without-policy', [CompletionResultType]::ParameterName, 'Export the scopes only, although the manifest has a policy')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;fmt' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Check only; exit with code 6 if the manifest is not formatted')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Also sort endpoints by path and method, and scopes by name, each with its comment')
            [CompletionResult]::new('--stdout', '--stdout', [CompletionResultType]::ParameterName, 'Print the formatted manifest instead of writing it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;import' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Name of the API in the manifest [default: derived from its title]')
            [CompletionResult]::new('--into', '--into', [CompletionResultType]::ParameterName, 'Manifest to write to; created if it does not exist')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]')
            [CompletionResult]::new('--overlay', '--overlay', [CompletionResultType]::ParameterName, 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Base URL, instead of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Kind of Microsoft Graph permission to import')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Description as it was last imported: a file, or `REV:path` in git. Changes made by hand since then are kept, and reported as conflicts where the description changed too')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'Update lines that differ from the description, except lines with a comment')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove lines that are no longer in the description, except lines with a comment')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.import/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;init' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Name of the API [default: derived from its title, or prompted for]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer of the API''s tokens')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, '`client_id` of a client registered with that issuer')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]')
            [CompletionResult]::new('--overlay', '--overlay', [CompletionResultType]::ParameterName, 'Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Base URL, instead of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Kind of Microsoft Graph permission to import')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--refer', '--refer', [CompletionResultType]::ParameterName, 'Refer to the description instead of copying it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;lint' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Same as --format json')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;schema' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;show' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.manifest-show/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;manifest;help' {
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show what a manifest change means: escalation, relaxation or neutral')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the manifest with an API description, an engine, server metadata or recorded requests')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Export the configuration of an engine, or of an authorization server, that enforces the manifest')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Format the manifest, keeping comments')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import endpoints and scopes from an API description')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create a manifest from an API description, or interactively')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Report errors and suspicious entries in the manifest')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of tokscope.toml, for editors')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show APIs, endpoints with their requirements, scopes, clients and policy')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;manifest;help;diff' {
            break
        }
        'tokscope;manifest;help;drift' {
            break
        }
        'tokscope;manifest;help;export' {
            break
        }
        'tokscope;manifest;help;fmt' {
            break
        }
        'tokscope;manifest;help;import' {
            break
        }
        'tokscope;manifest;help;init' {
            break
        }
        'tokscope;manifest;help;lint' {
            break
        }
        'tokscope;manifest;help;schema' {
            break
        }
        'tokscope;manifest;help;show' {
            break
        }
        'tokscope;manifest;help;help' {
            break
        }
        'tokscope;policy' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Explain what the policy decides about a request, and by which rule')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;policy;test' {
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client in the manifest')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Time, such as `2026-12-01T03:00Z`; without an offset, in UTC [default: now]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Label of the environment')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Label of the environment')
            [CompletionResult]::new('--ci', '--ci', [CompletionResultType]::ParameterName, 'Whether it runs in continuous integration')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'Branch')
            [CompletionResult]::new('--caller', '--caller', [CompletionResultType]::ParameterName, 'Program that uses the token')
            [CompletionResult]::new('--interactive', '--interactive', [CompletionResultType]::ParameterName, 'Whether a user is present')
            [CompletionResult]::new('--sign-in-age', '--sign-in-age', [CompletionResultType]::ParameterName, 'Seconds since the user signed in [default: not known]')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope that is requested (repeatable) [default: the least privileged scopes that the endpoint needs]')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.policy-test/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;policy;help' {
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Explain what the policy decides about a request, and by which rule')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;policy;help;test' {
            break
        }
        'tokscope;policy;help;help' {
            break
        }
        'tokscope;discover' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--register', '--register', [CompletionResultType]::ParameterName, 'Register a public client at the authorization server (RFC 7591)')
            [CompletionResult]::new('--unregister', '--unregister', [CompletionResultType]::ParameterName, 'Delete a registration: URL is its client configuration endpoint, and the registration access token is read from stdin (RFC 7592)')
            [CompletionResult]::new('--follow-private', '--follow-private', [CompletionResultType]::ParameterName, 'Follow servers to private and loopback addresses of other origins without asking')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.discover/v1)')
            break
        }
        'tokscope;init' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider to set up')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Name of the API in the manifest [default: derived from its title, otherwise `main`]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'Base URL of the API, if it differs from URL or from the description')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer of the API''s tokens, if the API does not publish it')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, '`client_id` of the registered client')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Environment variable with the client''s secret')
            [CompletionResult]::new('--variable', '--variable', [CompletionResultType]::ParameterName, 'Value of one of the provider''s variables, such as its tenant (repeatable)')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'Authentication context that the API requires: `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--register', '--register', [CompletionResultType]::ParameterName, 'Register a client at the authorization server (RFC 7591)')
            [CompletionResult]::new('--follow-private', '--follow-private', [CompletionResultType]::ParameterName, 'Follow servers to private and loopback addresses of other origins without asking')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the providers')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.init/v1)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;login' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Additional scope to request (repeatable)')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--provider', '--provider', [CompletionResultType]::ParameterName, 'Provider to sign in at: with the manifest''s client, or without a manifest with `--client-id`')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer to sign in at, without a manifest')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, '`client_id`, without a manifest')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Environment variable with the client''s secret, without a manifest')
            [CompletionResult]::new('--variable', '--variable', [CompletionResultType]::ParameterName, 'Value of one of the provider''s variables, such as its tenant (repeatable)')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if the manifest has several')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'Grant type [default: the first in the client''s `grants`]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'Authentication context that the API requires: `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--split', '--split', [CompletionResultType]::ParameterName, 'Obtain a token for each set of scopes, so that `gateway` and `token` can use the narrowest; after the first sign-in, the browser''s session is used without a prompt')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.login/v1)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;token' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format: the token alone (raw), the value of the Authorization header (credentials), the whole header line (header), a shell assignment (env), or json')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if the manifest has several')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'Grant type [default: the first in the client''s `grants`]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'Authentication context that the API requires: `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Same as --format header')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Same as --format json (tokscope.token/v1)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;exec' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment variable for the token')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if the manifest has several')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'Grant type [default: the first in the client''s `grants`]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'Authentication context that the API requires: `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Prefix the token with `Bearer `')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;tokens' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List stored tokens: issuer, client, scopes, expiry, last use')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything about a stored token except the token itself')
            [CompletionResult]::new('introspect', 'introspect', [CompletionResultType]::ParameterValue, 'Ask the authorization server whether a token is active, and for its scopes')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh a stored token now')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke tokens at their authorization server, then forget them')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Delete stored tokens without revoking them')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Compare granted with used scopes, and name what to narrow or revoke')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;tokens;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;show' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;introspect' {
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client that asks; by default, the one that obtained the token')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;refresh' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Environment variable with the client''s secret, for a token that was obtained without a manifest')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than the old one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;revoke' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All stored tokens')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('--learn-narrowing', '--learn-narrowing', [CompletionResultType]::ParameterName, 'First test whether a refresh for fewer scopes costs the grant at this server, and remember it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;forget' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All stored tokens')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;review' {
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format; json is tokscope.review/v1')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a finding of this severity or above')
            [CompletionResult]::new('--off', '--off', [CompletionResultType]::ParameterName, 'Leave out findings with this code (repeatable)')
            [CompletionResult]::new('--sql', '--sql', [CompletionResultType]::ParameterName, 'Print SQL that reviews the logs inside a database, with the manifest as tables; --log names the files as the database finds them')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Same as --format json')
            [CompletionResult]::new('--apply', '--apply', [CompletionResultType]::ParameterName, 'Narrow, replace and revoke as proposed, after a prompt for each token. A token is only revoked once a call with its replacement succeeded')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'With --apply, do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'With --apply, do not ask')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'With --apply, print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;tokens;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List stored tokens: issuer, client, scopes, expiry, last use')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything about a stored token except the token itself')
            [CompletionResult]::new('introspect', 'introspect', [CompletionResultType]::ParameterValue, 'Ask the authorization server whether a token is active, and for its scopes')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh a stored token now')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke tokens at their authorization server, then forget them')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Delete stored tokens without revoking them')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Compare granted with used scopes, and name what to narrow or revoke')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;tokens;help;list' {
            break
        }
        'tokscope;tokens;help;show' {
            break
        }
        'tokscope;tokens;help;introspect' {
            break
        }
        'tokscope;tokens;help;refresh' {
            break
        }
        'tokscope;tokens;help;revoke' {
            break
        }
        'tokscope;tokens;help;forget' {
            break
        }
        'tokscope;tokens;help;review' {
            break
        }
        'tokscope;tokens;help;help' {
            break
        }
        'tokscope;trust' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List trusted manifests')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Withdraw trust from a manifest')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;trust;list' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.trust/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;trust;revoke' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;trust;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List trusted manifests')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Withdraw trust from a manifest')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;trust;help;list' {
            break
        }
        'tokscope;trust;help;revoke' {
            break
        }
        'tokscope;trust;help;help' {
            break
        }
        'tokscope;approve' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Add a reply to the request that it belongs to; `-` for stdin (repeatable)')
            [CompletionResult]::new('--show', '--show', [CompletionResultType]::ParameterName, 'Print a request, to be sent')
            [CompletionResult]::new('--emergency', '--emergency', [CompletionResultType]::ParameterName, 'Go ahead for 15 minutes before the approval, if the approvers permit that in an emergency')
            [CompletionResult]::new('--end', '--end', [CompletionResultType]::ParameterName, 'End an approval, or all whose window has ended, and revoke their tokens')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'SSH key to sign with [default: the key in ~/.ssh or the agent that the manifest lists]')
            [CompletionResult]::new('--refuse', '--refuse', [CompletionResultType]::ParameterName, 'Refuse the request, with a reason')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint: a method and path, a URL, or a template of the manifest (repeatable)')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Additional scope (repeatable)')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if the manifest has several')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why it is needed')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Length of the window, such as 2h [default: 8h]')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Begin of the window [default: now]')
            [CompletionResult]::new('--uses', '--uses', [CompletionResultType]::ParameterName, 'Number of uses, or `any`: tokens obtained above the ceiling, and calls that a rule wants approved')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the requests on this machine')
            [CompletionResult]::new('--request', '--request', [CompletionResultType]::ParameterName, 'Make a request, and print it')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Remove requests that have ended')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--despite-differences', '--despite-differences', [CompletionResultType]::ParameterName, 'With --yes: approve although the request differs from this manifest')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.approve/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;call' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--mcp', '--mcp', [CompletionResultType]::ParameterName, 'URL of a Model Context Protocol server. ENDPOINT is then a method such as `tools/list` or `tools/call`, and --data its arguments. If the manifest does not know the server, its challenge leads to its authorization server, where a client is registered after you confirm')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'With --mcp and a server that the manifest does not know, use this registered client instead of registering one')
            [CompletionResult]::new('--client-document', '--client-document', [CompletionResultType]::ParameterName, 'With --mcp and a server that the manifest does not know: `https` URL of a client ID metadata document that you publish. Where the server accepts such documents, no client is registered')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if the manifest has several')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'Grant type [default: the first in the client''s `grants`]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'Authentication context that the API requires: `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Value of a path parameter')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Value of a path parameter')
            [CompletionResult]::new('-Q', '-Q ', [CompletionResultType]::ParameterName, 'Query parameter')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Query parameter')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Request header')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Request header')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Request body')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Request body')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the response body to a file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the response body to a file')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Timeout in seconds')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'Maximum size of the response body, in bytes')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the sign-in URL instead of opening a browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste the URL that the browser is redirected to, for a browser on another machine (SSH)')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--step-up', '--step-up', [CompletionResultType]::ParameterName, 'If a scope or a stronger sign-in is missing, obtain it and call again, once')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the request as a `curl` command with a placeholder for the token, and send nothing. Needs no trust')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Show response headers and timing on stderr')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Show response headers and timing on stderr')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Pretty-print a JSON body (default on a terminal)')
            [CompletionResult]::new('--http1', '--http1', [CompletionResultType]::ParameterName, 'Use HTTP/1.1 only')
            [CompletionResult]::new('--http2', '--http2', [CompletionResultType]::ParameterName, 'Use HTTP/2 only, with prior knowledge if the URL is not https')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.call/v1)')
            break
        }
        'tokscope;gateway' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with a gateway in front of its APIs')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Keep a gateway running until it is stopped')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the variables for callers of a running gateway, for `eval`')
            [CompletionResult]::new('reload', 'reload', [CompletionResultType]::ParameterValue, 'Make a running gateway use the changed manifest, even if it allows more')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop a running gateway')
            [CompletionResult]::new('learn', 'learn', [CompletionResultType]::ParameterValue, 'Learn endpoints and their scopes from traffic')
            [CompletionResult]::new('authorize', 'authorize', [CompletionResultType]::ParameterValue, 'Decide about requests that a proxy asks about')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;gateway;run' {
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if several match')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API [default: every API of the manifest]')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Origin whose web pages may call the gateway (repeatable)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'Seconds without any data after which a request ends; event streams have no limit')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--observe', '--observe', [CompletionResultType]::ParameterName, 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token')
            [CompletionResult]::new('--enforce', '--enforce', [CompletionResultType]::ParameterName, 'Deny what the manifest does not allow [default]')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;serve' {
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client to use, if several match')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API [default: every API of the manifest]')
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Origin whose web pages may call the gateway (repeatable)')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'Seconds without any data after which a request ends; event streams have no limit')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address for an API: `API=ADDRESS:PORT`, or `ADDRESS:PORT` if there is only one (repeatable) [default: a free port on 127.0.0.1 for each API]')
            [CompletionResult]::new('--sockets', '--sockets', [CompletionResultType]::ParameterName, 'Also listen on a Unix socket `API.sock` for each API, in this directory, which is made private')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the gateway, for `status`, `env`, `reload` and `stop`')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--observe', '--observe', [CompletionResultType]::ParameterName, 'Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token')
            [CompletionResult]::new('--enforce', '--enforce', [CompletionResultType]::ParameterName, 'Deny what the manifest does not allow [default]')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Accept a token that was granted more scopes than requested')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;status' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the gateway')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;env' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the gateway')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;reload' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the gateway')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;stop' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the gateway')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;learn' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Earliest record of the audit log: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Template that paths are matched with, such as `/files/{name}` (repeatable)')
            [CompletionResult]::new('--least', '--least', [CompletionResultType]::ParameterName, 'Least certainty of a requirement that is added')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Add the new endpoints to the manifest')
            [CompletionResult]::new('--ask', '--ask', [CompletionResultType]::ParameterName, 'Ask about each new endpoint before it is added')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.gateway-learn/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;authorize' {
            [CompletionResult]::new('--adapter', '--adapter', [CompletionResultType]::ParameterName, 'How the proxy passes on the client''s method and target')
            [CompletionResult]::new('--path-prefix', '--path-prefix', [CompletionResultType]::ParameterName, 'Prefix of the target with `--adapter native`, as in the proxy''s configuration')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Address to listen on; port 0 means any free one')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API whose requests are decided about, if the manifest has several')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Keys that verify tokens: a URL or a file [default: those of the API''s issuer]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Label of the environment, for policies, such as `production`')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;gateway;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with a gateway in front of its APIs')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Keep a gateway running until it is stopped')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Describe a running gateway, as JSON (tokscope.gateway-status/v1)')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the variables for callers of a running gateway, for `eval`')
            [CompletionResult]::new('reload', 'reload', [CompletionResultType]::ParameterValue, 'Make a running gateway use the changed manifest, even if it allows more')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop a running gateway')
            [CompletionResult]::new('learn', 'learn', [CompletionResultType]::ParameterValue, 'Learn endpoints and their scopes from traffic')
            [CompletionResult]::new('authorize', 'authorize', [CompletionResultType]::ParameterValue, 'Decide about requests that a proxy asks about')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;gateway;help;run' {
            break
        }
        'tokscope;gateway;help;serve' {
            break
        }
        'tokscope;gateway;help;status' {
            break
        }
        'tokscope;gateway;help;env' {
            break
        }
        'tokscope;gateway;help;reload' {
            break
        }
        'tokscope;gateway;help;stop' {
            break
        }
        'tokscope;gateway;help;learn' {
            break
        }
        'tokscope;gateway;help;authorize' {
            break
        }
        'tokscope;gateway;help;help' {
            break
        }
        'tokscope;probe' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client that obtains tokens lacking one required scope each')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only this endpoint, whatever its method (repeatable)')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Only this endpoint, whatever its method (repeatable)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Value of a path parameter, wherever it occurs')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'Value of a path parameter, wherever it occurs')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'Test the proxy at this URL with tokens of every kind, signed with --sign-key')
            [CompletionResult]::new('--sign-key', '--sign-key', [CompletionResultType]::ParameterName, 'Private key in PEM that the engine accepts for the API''s issuer')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'API to use, if several match')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'Maximum calls per second')
            [CompletionResult]::new('--most', '--most', [CompletionResultType]::ParameterName, 'Maximum number of calls')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'File that records completed calls, so that the next run continues after them')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Output format')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with code 6 if there is a finding of this severity or above')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            break
        }
        'tokscope;audit' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'List records, the latest last')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Verify that no record was changed, inserted or removed')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Pass records to other programs: OTLP, OCSF, JSON Lines')
            [CompletionResult]::new('checkpoint', 'checkpoint', [CompletionResultType]::ParameterValue, 'Print a signed checkpoint, to be kept on another machine')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Continue a log that was damaged, shortened, replaced or removed')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old segments of the log')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove the pseudonyms of a user, so that no record can be assigned to them any more')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;audit;log' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Earliest time: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Latest time, in the same forms')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Client in the manifest')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Endpoint, or a part of it')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint, or a part of it')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope that was required, requested, granted or used')
            [CompletionResult]::new('--event', '--event', [CompletionResultType]::ParameterName, 'Event such as token.used, or a group such as token (repeatable)')
            [CompletionResult]::new('--outcome', '--outcome', [CompletionResultType]::ParameterName, 'Outcome: ok, denied, refused, failed or unknown (repeatable)')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Beginning of the fingerprint or ID of a token')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the lines of the log as they are (JSON Lines)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Wait for new records')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Wait for new records')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;verify' {
            [CompletionResult]::new('--checkpoint', '--checkpoint', [CompletionResultType]::ParameterName, 'Checkpoint that was printed earlier by `audit checkpoint` (repeatable)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON (tokscope.audit/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;export' {
            [CompletionResult]::new('--otlp', '--otlp', [CompletionResultType]::ParameterName, 'Send OTLP logs in JSON to this URL; without a path, to its `/v1/logs`')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--ocsf', '--ocsf', [CompletionResultType]::ParameterName, 'Print OCSF 1.8 events as JSON Lines')
            [CompletionResult]::new('--jsonl', '--jsonl', [CompletionResultType]::ParameterName, 'Print the lines of the log as they are, up to the last complete one')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;checkpoint' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;accept' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;prune' {
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Remove segments whose records are all older than this number of days')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;erase' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are stored: a file encrypted with a key from the system''s keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'File whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Trust the manifest''s issuers and origins for this run only')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never prompt; exit with code 5 where a user is needed. Implied when CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;audit;help' {
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'List records, the latest last')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Verify that no record was changed, inserted or removed')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Pass records to other programs: OTLP, OCSF, JSON Lines')
            [CompletionResult]::new('checkpoint', 'checkpoint', [CompletionResultType]::ParameterValue, 'Print a signed checkpoint, to be kept on another machine')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Continue a log that was damaged, shortened, replaced or removed')
            [CompletionResult]::new('prune', 'prune', [CompletionResultType]::ParameterValue, 'Remove old segments of the log')
            [CompletionResult]::new('erase', 'erase', [CompletionResultType]::ParameterValue, 'Remove the pseudonyms of a user, so that no record can be assigned to them any more')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;audit;help;log' {
            break
        }
        'tokscope;audit;help;verify' {
            break
        }
        'tokscope;audit;help;export' {
            break
        }
        'tokscope;audit;help;checkpoint' {
            break
        }
        'tokscope;audit;help;accept' {
            break
        }
        'tokscope;audit;help;prune' {
            break
        }
        'tokscope;audit;help;erase' {
            break
        }
        'tokscope;audit;help;help' {
            break
        }
        'tokscope;demo' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'With --serve, port of the authorization server; the API gets the next one, and 0 means any free ports [default: 8421, or free ports if it is in use]')
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'With --serve, write the manifest `tokscope.toml` and the secret of its client `ci` to this directory instead of printing them, and trust the manifest. Another manifest is never overwritten')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from stdin; only `-` is accepted')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from a file; `-` for stdin')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from an environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Feed these keys first, such as `j<enter><ctrl-p><wait>`')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print one frame as text after the keys, and exit [default size: 120x36]')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Keep the servers running, and print a manifest to use them with')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'Print the demo as text, even on a terminal')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'Run a small program behind a gateway, and print what was narrowed, denied and learned')
            [CompletionResult]::new('--gateway-program', '--gateway-program', [CompletionResultType]::ParameterName, 'The small program of --gateway')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With --serve, print JSON (tokscope.demo/v1)')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw borders and marks in ASCII')
            break
        }
        'tokscope;sign' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes: the claim `scope`, separated by spaces (repeatable)')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Audience: the claim `aud` (repeatable)')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer: the claim `iss` [default: `https://tokscope.invalid`]')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'Subject: the claim `sub` [default: test-user]')
            [CompletionResult]::new('--expires-in', '--expires-in', [CompletionResultType]::ParameterName, 'Lifetime, such as `5m` or `2h` [default: 1h]')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'Claim: JSON if it can be parsed as such, otherwise a string; `null` removes the claim (repeatable)')
            [CompletionResult]::new('--claims', '--claims', [CompletionResultType]::ParameterName, 'File with claims, a JSON object')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header parameter, as for `--claim` (repeatable)')
            [CompletionResult]::new('--typ', '--typ', [CompletionResultType]::ParameterName, 'Token type: the header parameter `typ` [default: at+jwt]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Private key that signs, in PEM: P-256, P-384, Ed25519 or RSA')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'File with the shared secret that signs with HS256')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Environment variable with the shared secret that signs with HS256')
            [CompletionResult]::new('--algorithm', '--algorithm', [CompletionResultType]::ParameterName, 'Algorithm of a generated key [default: ES256]')
            [CompletionResult]::new('--alg', '--alg', [CompletionResultType]::ParameterName, 'Algorithm of a generated key [default: ES256]')
            [CompletionResult]::new('--save-key', '--save-key', [CompletionResultType]::ParameterName, 'Write the generated private key to this file, in PEM; an existing file is never overwritten')
            [CompletionResult]::new('--jwks', '--jwks', [CompletionResultType]::ParameterName, 'Write the public key set (JWKS) to this file')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON with the token and the public key set (tokscope.sign/v1)')
            break
        }
        'tokscope;mcp' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;completions' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--dynamic', '--dynamic', [CompletionResultType]::ParameterName, 'Print a script that asks tokscope while you type: it also completes the endpoints, scopes and clients of the manifest and the IDs of stored tokens. Nothing is sent or decrypted. Load it at the start of the shell')
            break
        }
        'tokscope;man' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the pages of all commands to this directory, which must exist')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;browse' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Additional CA certificates to trust, in PEM')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help; `-h` prints a summary')
            break
        }
        'tokscope;help' {
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Decode a token, and optionally verify it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a finding, claim, header, algorithm, token type or error')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Explain a failed call from curl output, a HAR file or a log')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'Find the least privileged scopes for a set of endpoints')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Compare a token''s scopes with those an endpoint requires')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Create, check, compare and export the manifest')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Explain what the policy of the manifest decides')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'Discover an API''s authorization server and its capabilities')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Set up a manifest: for an API, an issuer or a provider')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Obtain a token with exactly the scopes the endpoints need')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a valid token for the endpoints, stored or new')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a valid token in its environment')
            [CompletionResult]::new('tokens', 'tokens', [CompletionResultType]::ParameterValue, 'Manage stored tokens: list, show, refresh, revoke, forget, review')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Trust the issuers and origins that a manifest names')
            [CompletionResult]::new('approve', 'approve', [CompletionResultType]::ParameterValue, 'Approve requests of others, and request approvals')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call an endpoint, and name the missing scope if it fails')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Let a program call APIs without ever holding a token')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Test what a token can access, and what the API enforces')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Read, verify, sign and export the audit log')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Run a guided demo on a local authorization server and API')
            [CompletionResult]::new('sign', 'sign', [CompletionResultType]::ParameterValue, 'Make a test token, for tests of an API')
            [CompletionResult]::new('mcp', 'mcp', [CompletionResultType]::ParameterValue, 'Serve read-only tools to coding agents, over stdio (MCP)')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print shell completions')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'Open a URL in the browser, without secrets in its environment')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'tokscope;help;decode' {
            break
        }
        'tokscope;help;explain' {
            break
        }
        'tokscope;help;why' {
            break
        }
        'tokscope;help;scopes' {
            break
        }
        'tokscope;help;check' {
            break
        }
        'tokscope;help;manifest' {
            break
        }
        'tokscope;help;policy' {
            break
        }
        'tokscope;help;discover' {
            break
        }
        'tokscope;help;init' {
            break
        }
        'tokscope;help;login' {
            break
        }
        'tokscope;help;token' {
            break
        }
        'tokscope;help;exec' {
            break
        }
        'tokscope;help;tokens' {
            break
        }
        'tokscope;help;trust' {
            break
        }
        'tokscope;help;approve' {
            break
        }
        'tokscope;help;call' {
            break
        }
        'tokscope;help;gateway' {
            break
        }
        'tokscope;help;probe' {
            break
        }
        'tokscope;help;audit' {
            break
        }
        'tokscope;help;demo' {
            break
        }
        'tokscope;help;sign' {
            break
        }
        'tokscope;help;mcp' {
            break
        }
        'tokscope;help;completions' {
            break
        }
        'tokscope;help;man' {
            break
        }
        'tokscope;help;browse' {
            break
        }
        'tokscope;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
