# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_tokscope_global_optspecs
    string join \n manifest= h/help V/version
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
complete -c tokscope -n "__fish_tokscope_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_needs_command" -s V -l version -d 'Print version'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "demo" -d 'Live through the whole story on an authorization server and an API of its own'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "decode" -d 'How the keys are given: exactly one of these'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "check" -d 'Compare what a token was granted with what an endpoint requires'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "scopes" -d 'Find the smallest set of scopes that the endpoints need, and say why each is in it'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "token" -d 'Who asks, and how'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "call" -d 'Who asks, and how'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "manifest" -d 'Check and show the map of endpoints to scopes'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c tokscope -n "__fish_tokscope_needs_command" -f -a "man" -d 'Print the manual page'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l serve -d 'Keep the servers up, and print how to reach them and a manifest to use them with'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l text -d 'Tell the story as text, even on a terminal'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -l json -d 'With --serve: as JSON (tokscope.demo/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l claim -d 'Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)' -r
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
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l json -d 'As JSON (tokscope.decode/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l header -d 'Only the JOSE header, as JSON'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l payload -d 'Only the payload: claims as JSON, anything else as it is'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l verify -d 'Verify the token with the keys given below: exit code 4 unless it is verified'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -l allow-short-secret -d 'Permit a shared secret that is shorter than its hash (RFC 7518 §3.2)'
complete -c tokscope -n "__fish_tokscope_using_subcommand decode" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s e -l endpoint -d 'The endpoint: a method and a path, a URL, or the template of the manifest' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -l json -d 'As JSON (tokscope.check/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand check" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l client -d 'Stay below what this client may request' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -l json -d 'As JSON (tokscope.scopes/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand scopes" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s e -l endpoint -d 'An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
client_credentials\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-browser -d 'Only show the URL to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l no-input -d 'Never wait for a user: where a login is needed, end with exit code 5'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -l json -d 'As JSON (tokscope.token/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand token" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l token -d 'The token to send; `-`: standard input. Without it, and without --client, none is sent' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l client -d 'The client that asks, where several could' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l grant -d 'The grant [default: the first of the client\'s own]' -r -f -a "authorization_code\t''
client_credentials\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s p -l param -d 'The value of a path parameter' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s H -l header -d 'A header field' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s d -l data -d 'The body; `@FILE` reads a file, `@-` standard input' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l api -d 'The API, where several answer' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-browser -d 'Only show the URL to sign in at: open no browser'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l no-input -d 'Never wait for a user: where a login is needed, end with exit code 5'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s y -l yes -d 'Do it without asking, whatever the method'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -l json -d 'As JSON (tokscope.call/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand call" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from lint show" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from lint show" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from lint show" -f -a "lint" -d 'Say everything that is wrong with the manifest, and where'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and not __fish_seen_subcommand_from lint show" -f -a "show" -d 'Show the APIs, their endpoints with what they require, the scopes and the clients'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l fail-on -d 'End with exit code 6 when there is a finding of at least this severity; an error always ends with 2' -r -f -a "info\t''
warning\t''
error\t''"
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l json -d 'As JSON (tokscope.manifest-lint/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l api -d 'Only this API' -r
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -l json -d 'As JSON (tokscope.manifest-show/v1)'
complete -c tokscope -n "__fish_tokscope_using_subcommand manifest; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -l manifest -d 'The manifest [default: the `tokscope.toml` in this folder or one above]' -r -F
complete -c tokscope -n "__fish_tokscope_using_subcommand man" -s h -l help -d 'Print help'
