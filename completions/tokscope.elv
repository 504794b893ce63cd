
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
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand demo 'Live through the whole story on an authorization server and an API of its own'
            cand decode 'How the keys are given: exactly one of these'
            cand check 'Compare what a token was granted with what an endpoint requires'
            cand scopes 'Find the smallest set of scopes that the endpoints need, and say why each is in it'
            cand token 'Who asks, and how'
            cand call 'Who asks, and how'
            cand manifest 'Check and show the map of endpoints to scopes'
            cand completions 'Print the completions of a shell'
            cand man 'Print the manual page'
        }
        &'tokscope;demo'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --serve 'Keep the servers up, and print how to reach them and a manifest to use them with'
            cand --text 'Tell the story as text, even on a terminal'
            cand --json 'With --serve: as JSON (tokscope.demo/v1)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'tokscope;decode'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
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
            cand -e 'The endpoint: a method and a path, a URL, or the template of the manifest'
            cand --endpoint 'The endpoint: a method and a path, a URL, or the template of the manifest'
            cand --api 'The API, where several answer'
            cand --json 'As JSON (tokscope.check/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;scopes'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --client 'Stay below what this client may request'
            cand --api 'The API, where several answer'
            cand --json 'As JSON (tokscope.scopes/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;token'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand -e 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --endpoint 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand --api 'The API, where several answer'
            cand --no-browser 'Only show the URL to sign in at: open no browser'
            cand --no-input 'Never wait for a user: where a login is needed, end with exit code 5'
            cand --json 'As JSON (tokscope.token/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;call'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --token 'The token to send; `-`: standard input. Without it, and without --client, none is sent'
            cand --client 'The client that asks, where several could'
            cand --grant 'The grant [default: the first of the client''s own]'
            cand -p 'The value of a path parameter'
            cand --param 'The value of a path parameter'
            cand -H 'A header field'
            cand --header 'A header field'
            cand -d 'The body; `@FILE` reads a file, `@-` standard input'
            cand --data 'The body; `@FILE` reads a file, `@-` standard input'
            cand --api 'The API, where several answer'
            cand --no-browser 'Only show the URL to sign in at: open no browser'
            cand --no-input 'Never wait for a user: where a login is needed, end with exit code 5'
            cand -y 'Do it without asking, whatever the method'
            cand --yes 'Do it without asking, whatever the method'
            cand --json 'As JSON (tokscope.call/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;manifest'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand -h 'Print help'
            cand --help 'Print help'
            cand lint 'Say everything that is wrong with the manifest, and where'
            cand show 'Show the APIs, their endpoints with what they require, the scopes and the clients'
        }
        &'tokscope;manifest;lint'= {
            cand --fail-on 'End with exit code 6 when there is a finding of at least this severity; an error always ends with 2'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --json 'As JSON (tokscope.manifest-lint/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;manifest;show'= {
            cand --api 'Only this API'
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand --json 'As JSON (tokscope.manifest-show/v1)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'tokscope;completions'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'tokscope;man'= {
            cand --manifest 'The manifest [default: the `tokscope.toml` in this folder or one above]'
            cand -h 'Print help'
            cand --help 'Print help'
        }
    ]
    $completions[$command]
}
