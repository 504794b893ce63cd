
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
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand demo 'Live through the whole story on an authorization server and an API of its own'
            cand decode 'How the keys are given: exactly one of these'
            cand check 'Compare what a token was granted with what an endpoint requires'
            cand scopes 'Records of requests: each may be given several times, and `-` is standard input'
            cand login 'Who asks, and how'
            cand token 'Who asks, and how'
            cand exec 'Who asks, and how'
            cand tokens 'List, show, refresh and forget the tokens of the vault'
            cand trust 'Accept the issuers and origins that the manifest names: without that, nothing is sent to them'
            cand call 'Who asks, and how'
            cand why 'The arguments of `why`'
            cand manifest 'Check and show the map of endpoints to scopes'
            cand completions 'Print the completions of a shell'
            cand man 'Print the manual page'
        }
        &'tokscope;demo'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --serve 'Keep the servers up, and print how to reach them and a manifest to use them with'
            cand --text 'Tell the story as text, even on a terminal'
            cand --json 'With --serve: as JSON (tokscope.demo/v1)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'tokscope;decode'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --claim 'Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)'
            cand --issuer 'Verify with the keys that this issuer publishes, and expect it in `iss`'
            cand --jwks 'Verify with this JWK Set'
            cand --key 'Verify with this key: JWK, PEM or DER public key, or certificate'
            cand --secret-file 'Verify with the shared secret in this file (a line break at its end is left out)'
            cand --secret-env 'Verify with the shared secret in this environment variable'
            cand --secret 'Verify with the shared secret on standard input'
            cand --audience 'Expect this in `aud`; of several, one has to be there'
            cand --expect-issuer 'Expect this in `iss`, exactly'
            cand --expect-type 'Expect this in `typ`, such as `at+jwt`'
            cand --algorithm 'Permit only these algorithms [default: all that the type of the key permits]'
            cand --leeway 'How many seconds the clocks may differ'
            cand --json 'As JSON (tokscope.decode/v1)'
            cand --header 'Only the JOSE header, as JSON'
            cand --payload 'Only the payload: claims as JSON, anything else as it is'
            cand --verify 'Verify the token with the keys given below: exit code 4 unless it is verified'
            cand --allow-short-secret 'Permit a shared secret that is shorter than its hash (RFC 7518 §3.2)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;check'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -e 'The endpoint: a method and a path, a URL, or the template of the manifest'
            cand --endpoint 'The endpoint: a method and a path, a URL, or the template of the manifest'
            cand --api 'The API, where several answer'
            cand --json 'As JSON (tokscope.check/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;scopes'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --har 'The endpoints that a browser''s or a proxy''s session used: an HTTP Archive'
            cand --requests 'The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment'
            cand --log 'The endpoints of an access log: common, combined, or JSON lines'
            cand --collection 'The endpoints of a Postman collection or a Bruno request, or of a folder of these'
            cand --alternatives 'Also show what could be asked for instead, the best first [default number: 5]'
            cand --client 'Stay below what this client may request'
            cand --api 'Only this API'
            cand --all 'Every endpoint of the manifest; with endpoints that are named, every answer: the same as `--alternatives`'
            cand --json 'As JSON (tokscope.scopes/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;login'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --scope 'A scope to ask for besides. Repeat it for several'
            cand --api 'The API, where several answer'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand --subject 'The token to exchange for another: a file, or `-` for standard input'
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --json 'As JSON (tokscope.login/v1)'
            cand --no-browser 'Only show the address to sign in at: open no browser'
            cand --paste 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
            cand --accept-more 'Take the token also when the server grants more than was asked for'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;token'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --api 'The API, where several answer'
            cand --format 'How it is printed: the token alone (`raw`), a whole `header` line, a line for an `env` file, or `json`'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand --subject 'The token to exchange for another: a file, or `-` for standard input'
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --header 'The same as --format header'
            cand --json 'The same as --format json (tokscope.token/v1)'
            cand --no-browser 'Only show the address to sign in at: open no browser'
            cand --paste 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
            cand --accept-more 'Take the token also when the server grants more than was asked for'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;exec'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --api 'The API, where several answer'
            cand --env 'The environment variable for the token'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand --subject 'The token to exchange for another: a file, or `-` for standard input'
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --header 'Put `Bearer` and a space before the token, as a header wants it'
            cand --no-browser 'Only show the address to sign in at: open no browser'
            cand --paste 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
            cand --accept-more 'Take the token also when the server grants more than was asked for'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;tokens'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the tokens: issuer, client, scopes, end, last use. Never a token itself'
            cand show 'Show everything about a token but itself'
            cand refresh 'Refresh a token now'
            cand forget 'Forget tokens here; the server is not told'
        }
        &'tokscope;tokens;list'= {
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;tokens;show'= {
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;tokens;refresh'= {
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;tokens;forget'= {
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --all 'All of them'
            cand -y 'Do it without asking'
            cand --yes 'Do it without asking'
            cand --json 'As JSON (tokscope.tokens/v1)'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;trust'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -y 'Accept without asking'
            cand --yes 'Accept without asking'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List what was accepted'
            cand revoke 'Take back what was accepted'
        }
        &'tokscope;trust;list'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.trust/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;trust;revoke'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;call'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --token 'The token to send; `-`: standard input. Without it, and without --client, none is sent'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand --subject 'The token to exchange for another: a file, or `-` for standard input'
            cand --store 'Where tokens are kept: in a file whose key is in the system''s `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]'
            cand --passphrase-file 'The file whose first line is the vault''s passphrase; `/dev/fd/3` reads a file descriptor'
            cand -p 'The value of a path parameter'
            cand --param 'The value of a path parameter'
            cand -H 'A header field'
            cand --header 'A header field'
            cand -d 'The body; `@FILE` reads a file, `@-` standard input'
            cand --data 'The body; `@FILE` reads a file, `@-` standard input'
            cand --api 'The API, where several answer'
            cand --no-browser 'Only show the address to sign in at: open no browser'
            cand --paste 'Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH'
            cand --accept-more 'Take the token also when the server grants more than was asked for'
            cand --trust-manifest 'Accept the manifest''s issuers and origins for this time: see `tokscope trust`'
            cand --no-interact 'Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set'
            cand -y 'Do it without asking, whatever the method'
            cand --yes 'Do it without asking, whatever the method'
            cand --json 'As JSON (tokscope.call/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;why'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --status 'The status of a body that comes alone'
            cand -H 'A header field of the answer, beside those of the capture'
            cand --header 'A header field of the answer, beside those of the capture'
            cand -e 'The endpoint that was called, where the capture does not show it'
            cand --endpoint 'The endpoint that was called, where the capture does not show it'
            cand --token 'The token that was sent'
            cand --api 'The API, where several answer'
            cand --json 'As JSON (tokscope.why/v1)'
            cand --markdown 'As Markdown, for a report of an issue: everything that looks like a secret is masked'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;manifest'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help'
            cand --help 'Print help'
            cand import 'Import the endpoints and scopes of an API from its description'
            cand lint 'Say everything that is wrong with the manifest, and where'
            cand show 'Show the APIs, their endpoints with what they require, the scopes and the clients'
        }
        &'tokscope;manifest;import'= {
            cand --api 'The API''s name in the manifest [default: made of its title]'
            cand --into 'The manifest to write into; it is made if it is not there'
            cand --reading 'What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]'
            cand --base-url 'What the paths are relative to, in place of the description''s own server'
            cand --for 'For whom permissions of Microsoft Graph are'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --update 'Where a line requires something else than the description, take what the description says, unless a comment stands at the line'
            cand --prune 'Remove lines that the description no longer has, unless a comment stands at them'
            cand --json 'As JSON (tokscope.import/v1)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'tokscope;manifest;lint'= {
            cand --fail-on 'End with exit code 6 when there is a finding of at least this severity; an error always ends with 2'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.manifest-lint/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;manifest;show'= {
            cand --api 'Only this API'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand --json 'As JSON (tokscope.manifest-show/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;completions'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'tokscope;man'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --ca-file 'Certificates, as PEM, to trust beside those of the operating system: a company''s own authority'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
