
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
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from standard input, as `--token -`')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from this file; `-`: standard input')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from this environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Put in these keys first, as in `j<enter><ctrl-p><wait>`')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print what the screen shows after the keys as text, and end [default size: 120x36]')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw borders and marks in ASCII')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Live through the whole story on an authorization server and an API of its own')
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Say what a token says; verify it if that is asked for')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Compare what a token was granted with what an endpoint requires')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'Find the smallest set of scopes that the endpoints need, and say why each is in it')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Obtain a token with the least scopes that the endpoints need, say why each is asked for, and keep it')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a valid token for the endpoints, and nothing else: from the vault, or a new one')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Hand a valid token for the endpoints to a command, in its environment')
            [CompletionResult]::new('tokens', 'tokens', [CompletionResultType]::ParameterValue, 'List, show, refresh, revoke and forget the tokens of the vault')
            [CompletionResult]::new('trust', 'trust', [CompletionResultType]::ParameterValue, 'Accept the issuers and origins that the manifest names: without that, nothing is sent to them')
            [CompletionResult]::new('call', 'call', [CompletionResultType]::ParameterValue, 'Call an endpoint; when it fails, say which scope is missing and why')
            [CompletionResult]::new('discover', 'discover', [CompletionResultType]::ParameterValue, 'Follow the chain from an API or an issuer to everything that can be known about both')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Find out what a token really opens, and whether the server enforces what the manifest says')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say why a call failed that was made elsewhere, from what curl, a browser or a log kept of it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say more about a finding, a claim, a header parameter, an algorithm or a kind of token')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Check and show the map of endpoints to scopes')
            [CompletionResult]::new('browse', 'browse', [CompletionResultType]::ParameterValue, 'Open an address in the browser: what a login starts, without the secrets of its environment')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page')
            break
        }
        'tokscope;demo' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--theme', '--theme', [CompletionResultType]::ParameterName, 'Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from standard input, as `--token -`')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from this file; `-`: standard input')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from this environment variable')
            [CompletionResult]::new('--keys', '--keys', [CompletionResultType]::ParameterName, 'Put in these keys first, as in `j<enter><ctrl-p><wait>`')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print what the screen shows after the keys as text, and end [default size: 120x36]')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Keep the servers up, and print how to reach them and a manifest to use them with')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'Tell the story as text, even on a terminal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With --serve: as JSON (tokscope.demo/v1)')
            [CompletionResult]::new('--ascii', '--ascii', [CompletionResultType]::ParameterName, 'Draw borders and marks in ASCII')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;decode' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read it from this file: a token, a token response, a request, a HAR …')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Read it from this environment variable')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 6 when there is a finding of this severity or above')
            [CompletionResult]::new('--max-lifetime', '--max-lifetime', [CompletionResultType]::ParameterName, 'The lifetime from which on a token is a finding, such as `1h` or `30m` [default: 28h]')
            [CompletionResult]::new('--max-bytes', '--max-bytes', [CompletionResultType]::ParameterName, 'The most bytes of a token, or of a text to find it in [default: 1048576; 64 MiB of a JSON document]')
            [CompletionResult]::new('--decrypt', '--decrypt', [CompletionResultType]::ParameterName, 'Decrypt an encrypted token with this key: a JWK, or a private key in PEM')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Verify with the keys that this issuer publishes, and expect it in `iss`')
            [CompletionResult]::new('--jwks', '--jwks', [CompletionResultType]::ParameterName, 'Verify with this JWK Set')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Verify with this key: JWK, PEM or DER public key, or certificate')
            [CompletionResult]::new('--secret-file', '--secret-file', [CompletionResultType]::ParameterName, 'Verify with the shared secret in this file (a line break at its end is left out)')
            [CompletionResult]::new('--secret-env', '--secret-env', [CompletionResultType]::ParameterName, 'Verify with the shared secret in this environment variable')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Verify with the shared secret on standard input')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Expect this in `aud`; of several, one has to be there')
            [CompletionResult]::new('--expect-issuer', '--expect-issuer', [CompletionResultType]::ParameterName, 'Expect this in `iss`, exactly')
            [CompletionResult]::new('--expect-type', '--expect-type', [CompletionResultType]::ParameterName, 'Expect this in `typ`, such as `at+jwt`')
            [CompletionResult]::new('--algorithm', '--algorithm', [CompletionResultType]::ParameterName, 'Permit only these algorithms [default: all that the type of the key permits]')
            [CompletionResult]::new('--leeway', '--leeway', [CompletionResultType]::ParameterName, 'How many seconds the clocks may differ')
            [CompletionResult]::new('--detached', '--detached', [CompletionResultType]::ParameterName, 'Verify a token without a payload over the bytes of this file (RFC 7515 Appendix F)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.decode/v1)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Only the JOSE header, as JSON')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'Only the payload: claims as JSON, anything else as it is')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Read many tokens from standard input or `--file`, one per line; one JSON object per line, in their order')
            [CompletionResult]::new('--findings', '--findings', [CompletionResultType]::ParameterName, 'With `--lines`: the findings about each token too, which is slower by far')
            [CompletionResult]::new('--scan', '--scan', [CompletionResultType]::ParameterName, 'Find every token in a log, on standard input or in `--file`: line, column, what it is, masked')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Verify the token with the keys given below: exit code 4 unless it is verified')
            [CompletionResult]::new('--allow-short-secret', '--allow-short-secret', [CompletionResultType]::ParameterName, 'Permit a shared secret that is shorter than its hash (RFC 7518 §3.2)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;check' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read it from this file: a token, a token response, a request, a HAR …')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Read it from this environment variable')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'The endpoint: a method and a path, a URL, or the template of the manifest')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The endpoint: a method and a path, a URL, or the template of the manifest')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.check/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;scopes' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--har', '--har', [CompletionResultType]::ParameterName, 'The endpoints that a browser''s or a proxy''s session used: an HTTP Archive')
            [CompletionResult]::new('--requests', '--requests', [CompletionResultType]::ParameterName, 'The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The endpoints of an access log: common, combined, or JSON lines')
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path')
            [CompletionResult]::new('--alternatives', '--alternatives', [CompletionResultType]::ParameterName, 'Also show what could be asked for instead, the best first [default number: 5]')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Stay below what this client may request')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every endpoint of the manifest; with endpoints that are named, every answer: the same as `--alternatives`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.scopes/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;login' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'A scope to ask for besides. Repeat it for several')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that asks, where several could')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'The grant [default: the first of the client''s own]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The token to exchange for another: a file, or `-` for standard input')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.login/v1)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Only show the address to sign in at: open no browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Take the token also when the server grants more than was asked for')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;token' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How it is printed: the token alone (`raw`), what stands after `Authorization:` (`credentials`), that whole line (`header`), a line for a shell or a file of variables (`env`), or `json`')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that asks, where several could')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'The grant [default: the first of the client''s own]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The token to exchange for another: a file, or `-` for standard input')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'The same as --format header')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The same as --format json (tokscope.token/v1)')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Only show the address to sign in at: open no browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Take the token also when the server grants more than was asked for')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;exec' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'The environment variable for the token')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that asks, where several could')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'The grant [default: the first of the client''s own]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The token to exchange for another: a file, or `-` for standard input')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Put `Bearer` and a space before the token, as a header wants it')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Only show the address to sign in at: open no browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Take the token also when the server grants more than was asked for')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;tokens' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the tokens: issuer, client, scopes, end, last use. Never a token itself')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show everything about a token but itself')
            [CompletionResult]::new('refresh', 'refresh', [CompletionResultType]::ParameterValue, 'Refresh a token now')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Give tokens back to their authorization server, then forget them')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Forget tokens here; the server is not told')
            break
        }
        'tokscope;tokens;list' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;tokens;show' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;tokens;refresh' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;tokens;revoke' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of them')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;tokens;forget' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All of them')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do it without asking')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.tokens/v1)')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;trust' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accept without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accept without asking')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List what was accepted')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Take back what was accepted')
            break
        }
        'tokscope;trust;list' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.trust/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;trust;revoke' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;call' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--mcp', '--mcp', [CompletionResultType]::ParameterName, 'The URL of a Model Context Protocol server; the endpoint is then a method, as in `tools/call search`, and --data its arguments. Where no API of the manifest has this base URL, the server''s own challenge leads to its authorization server, and, once that was accepted, to a client that is registered there')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'With --mcp, where no manifest knows the server: a client that its authorization server knows, instead of one that is registered for this call')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from standard input, as `--token -`')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from this file; `-`: standard input')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from this environment variable')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that asks, where several could')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'The grant [default: the first of the client''s own]')
            [CompletionResult]::new('--acr-values', '--acr-values', [CompletionResultType]::ParameterName, 'The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, 'The token to exchange for another: a file, or `-` for standard input')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The value of a path parameter')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'The value of a path parameter')
            [CompletionResult]::new('-Q', '-Q ', [CompletionResultType]::ParameterName, 'A parameter of the query')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'A parameter of the query')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A header field')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header field')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'The body')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'The body')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the body of the answer to a file')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the body of the answer to a file')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The most seconds that the call may take')
            [CompletionResult]::new('--max-size', '--max-size', [CompletionResultType]::ParameterName, 'The most bytes of the answer''s body')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Only show the address to sign in at: open no browser')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH')
            [CompletionResult]::new('--accept-more', '--accept-more', [CompletionResultType]::ParameterName, 'Take the token also when the server grants more than was asked for')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Send it without asking, whatever the method, and although the token may be meant for another API or the request carries a token')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Send it without asking, whatever the method, and although the token may be meant for another API or the request carries a token')
            [CompletionResult]::new('--step-up', '--step-up', [CompletionResultType]::ParameterName, 'When a scope or a stronger sign-in is missing, obtain it, once, and call again')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Send nothing: print the request as a `curl` command, with a command in the token''s place')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Show the header fields of the answer and the parts of its time, on standard error')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Show the header fields of the answer and the parts of its time, on standard error')
            [CompletionResult]::new('--pretty', '--pretty', [CompletionResultType]::ParameterName, 'Lay out a JSON body, as it is done on a terminal')
            [CompletionResult]::new('--http1', '--http1', [CompletionResultType]::ParameterName, 'Speak HTTP/1.1 and nothing else')
            [CompletionResult]::new('--http2', '--http2', [CompletionResultType]::ParameterName, 'Speak HTTP/2 and nothing else, also where there is no TLS to agree on it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.call/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;discover' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--register', '--register', [CompletionResultType]::ParameterName, 'Register a public client at the authorization server (RFC 7591)')
            [CompletionResult]::new('--unregister', '--unregister', [CompletionResultType]::ParameterName, 'End a registration: URL is its management address, and its token comes on standard input')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.discover/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;probe' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from standard input, as `--token -`')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from this file; `-`: standard input')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from this environment variable')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that gets tokens which lack a scope')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only this endpoint, whatever its method. Repeat it for several')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Only this endpoint, whatever its method. Repeat it for several')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The value of a path parameter, wherever it occurs')
            [CompletionResult]::new('--param', '--param', [CompletionResultType]::ParameterName, 'The value of a path parameter, wherever it occurs')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'The most calls per second')
            [CompletionResult]::new('--most', '--most', [CompletionResultType]::ParameterName, 'The most calls in all')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'Where what was done is kept, so that the next run goes on after it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to report')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'The severity from which a finding ends with exit code 6')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Call without asking, although the token may be meant for another API or a parameter is a token')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Call without asking, although the token may be meant for another API or a parameter is a token')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;why' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'The status of a body that comes alone')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'A header field of the answer, beside those of the capture')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header field of the answer, beside those of the capture')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'The endpoint that was called, where the capture does not show it')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'The endpoint that was called, where the capture does not show it')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Read the token from standard input, as `--token -`')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'Read the token from this file; `-`: standard input')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'Read the token from this environment variable')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where several answer')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Ask where the challenge leads: to the metadata of the API, to its authorization server, to a registration. No token is sent, and nothing is registered')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.why/v1)')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'As Markdown, for a report of an issue: everything that looks like a secret is masked')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;explain' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.explain/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;manifest' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Say what a change of the manifest means: who can do more, who less')
            [CompletionResult]::new('drift', 'drift', [CompletionResultType]::ParameterValue, 'Compare the manifest with the API''s description, with what the authorization server offers, with requests')
            [CompletionResult]::new('fmt', 'fmt', [CompletionResultType]::ParameterValue, 'Write the manifest in one form: spaces, blank lines, requirements as short as they can be. Comments stay')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import the endpoints and scopes of an API from its description')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make a first manifest: from an API''s description, or by questions')
            [CompletionResult]::new('lint', 'lint', [CompletionResultType]::ParameterValue, 'Say everything that is wrong with the manifest or odd about it, and where')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of tokscope.toml, by which editors complete and check it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the APIs, their endpoints with what they require, the scopes and the clients')
            break
        }
        'tokscope;manifest;diff' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'End with exit code 6 when there is a change of this kind, or a worse one')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.manifest-diff/v1)')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'As Markdown, for a pull request')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;manifest;drift' {
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'The API''s own description: endpoints without a line, lines without an endpoint, other requirements')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'What the paths are relative to, in place of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'For whom permissions of Microsoft Graph are')
            [CompletionResult]::new('--metadata', '--metadata', [CompletionResultType]::ParameterName, 'The authorization server''s metadata (RFC 8414): scopes that it does not offer, or that nobody needs')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Ask the authorization server for its metadata: that of the API, that of its clients, or the one that is named')
            [CompletionResult]::new('--har', '--har', [CompletionResultType]::ParameterName, 'The endpoints that a browser''s or a proxy''s session used: an HTTP Archive')
            [CompletionResult]::new('--requests', '--requests', [CompletionResultType]::ParameterName, 'The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'The endpoints of an access log: common, combined, or JSON lines')
            [CompletionResult]::new('--collection', '--collection', [CompletionResultType]::ParameterName, 'The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path')
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API, where the manifest has several')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the findings')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]')
            [CompletionResult]::new('--passphrase-file', '--passphrase-file', [CompletionResultType]::ParameterName, 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON: the same as `--format json`')
            [CompletionResult]::new('--trust-manifest', '--trust-manifest', [CompletionResultType]::ParameterName, 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`')
            [CompletionResult]::new('--no-interact', '--no-interact', [CompletionResultType]::ParameterName, 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;manifest;fmt' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Write nothing, and end with exit code 6 when the form is another one')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Also sort: endpoints by path and method, scopes by name, each with the comment above it')
            [CompletionResult]::new('--stdout', '--stdout', [CompletionResultType]::ParameterName, 'Print the text, and leave the file as it is')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;manifest;import' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API''s name in the manifest [default: made of its title]')
            [CompletionResult]::new('--into', '--into', [CompletionResultType]::ParameterName, 'The manifest to write into; it is made if it is not there')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'What the paths are relative to, in place of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'For whom permissions of Microsoft Graph are')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'The description as it was imported last, a file or `REV:path` in git: what was written or left out by hand since then is told from what the description changed, stays, and is a conflict where both have changed')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--update', '--update', [CompletionResultType]::ParameterName, 'Where a line requires something else than the description, take what the description says, unless a comment stands at the line')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Remove lines that the description no longer has, unless a comment stands at them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.import/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;manifest;init' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'The API''s name [default: made of its title, or asked for]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Where its tokens come from')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The `client_id` of a client that is registered there')
            [CompletionResult]::new('--reading', '--reading', [CompletionResultType]::ParameterName, 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]')
            [CompletionResult]::new('--base-url', '--base-url', [CompletionResultType]::ParameterName, 'What the paths are relative to, in place of the description''s own server')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'For whom permissions of Microsoft Graph are')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--refer', '--refer', [CompletionResultType]::ParameterName, 'Refer to the description instead of copying it: the manifest then follows it')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;manifest;lint' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'The form of the findings')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON: the same as `--format json`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;manifest;schema' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;manifest;show' {
            [CompletionResult]::new('--api', '--api', [CompletionResultType]::ParameterName, 'Only this API')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'As JSON (tokscope.manifest-show/v1)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;browse' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'tokscope;completions' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'tokscope;man' {
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'The manifest [default: the `tokscope.toml` in this folder or one above]')
            [CompletionResult]::new('--ca-file', '--ca-file', [CompletionResultType]::ParameterName, 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
