module completions {

  # Ends the guesswork around OAuth scopes
  export extern tokscope [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --theme: string           # Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]
    --ascii                   # Draw borders and marks in ASCII
    --token: string           # Read the token from standard input, as `--token -`
    --token-file: path        # Read the token from this file; `-`: standard input
    --token-env: string       # Read the token from this environment variable
    --keys: string            # Put in these keys first, as in `j<enter><ctrl-p><wait>`
    --print: string           # Print what the screen shows after the keys as text, and end [default size: 120x36]
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  # Live through the whole story on an authorization server and an API of its own
  export extern "tokscope demo" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --serve                   # Keep the servers up, and print how to reach them and a manifest to use them with
    --text                    # Tell the story as text, even on a terminal
    --json                    # With --serve: as JSON (tokscope.demo/v1)
    --theme: string           # Colours: dark, light, mono, or NAME of `tokscope/themes/NAME.toml` in your configuration folder [default: dark; mono with `NO_COLOR`]
    --ascii                   # Draw borders and marks in ASCII
    --token: string           # Read the token from standard input, as `--token -`
    --token-file: path        # Read the token from this file; `-`: standard input
    --token-env: string       # Read the token from this environment variable
    --keys: string            # Put in these keys first, as in `j<enter><ctrl-p><wait>`
    --print: string           # Print what the screen shows after the keys as text, and end [default size: 120x36]
    --help(-h)                # Print help (see more with '--help')
  ]

  # Say what a token says; verify it if that is asked for
  export extern "tokscope decode" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --file: path              # Read it from this file: a token, a token response, a request, a HAR …
    --env: string             # Read it from this environment variable
    --json                    # As JSON (tokscope.decode/v1)
    --claim: string           # Only this claim: text as it is, anything else as JSON; `/realm_access/roles` reaches inside (RFC 6901)
    --header                  # Only the JOSE header, as JSON
    --payload                 # Only the payload: claims as JSON, anything else as it is
    --lines                   # Read many tokens from standard input or `--file`, one per line; one JSON object per line, in their order
    --findings                # With `--lines`: the findings about each token too, which is slower by far
    --scan                    # Find every token in a log, on standard input or in `--file`: line, column, what it is, masked
    --fail-on: string         # Exit with 6 when there is a finding of this severity or above
    --max-lifetime: string    # The lifetime from which on a token is a finding, such as `1h` or `30m` [default: 28h]
    --max-bytes: string       # The most bytes of a token, or of a text to find it in [default: 1048576; 64 MiB of a JSON document]
    --decrypt: path           # Decrypt an encrypted token with this key: a JWK, or a private key in PEM
    --verify                  # Verify the token with the keys given below: exit code 4 unless it is verified
    --issuer: string          # Verify with the keys that this issuer publishes, and expect it in `iss`
    --jwks: string            # Verify with this JWK Set
    --key: path               # Verify with this key: JWK, PEM or DER public key, or certificate
    --secret-file: path       # Verify with the shared secret in this file (a line break at its end is left out)
    --secret-env: string      # Verify with the shared secret in this environment variable
    --secret: string          # Verify with the shared secret on standard input
    --audience: string        # Expect this in `aud`; of several, one has to be there
    --expect-issuer: string   # Expect this in `iss`, exactly
    --expect-type: string     # Expect this in `typ`, such as `at+jwt`
    --algorithm: string       # Permit only these algorithms [default: all that the type of the key permits]
    --leeway: string          # How many seconds the clocks may differ
    --detached: path          # Verify a token without a payload over the bytes of this file (RFC 7515 Appendix F)
    --allow-short-secret      # Permit a shared secret that is shorter than its hash (RFC 7518 §3.2)
    --help(-h)                # Print help
    token?: string            # The token; `-` or nothing: standard input
  ]

  # Compare what a token was granted with what an endpoint requires
  export extern "tokscope check" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --file: path              # Read it from this file: a token, a token response, a request, a HAR …
    --env: string             # Read it from this environment variable
    --endpoint(-e): string    # The endpoint: a method and a path, a URL, or the template of the manifest
    --api: string             # The API, where several answer
    --json                    # As JSON (tokscope.check/v1)
    --help(-h)                # Print help
    token?: string            # The token; `-` or nothing: standard input
  ]

  # Find the smallest set of scopes that the endpoints need, and say why each is in it
  export extern "tokscope scopes" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --endpoint(-e): string    # An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    --all                     # Every endpoint of the manifest; with endpoints that are named, every answer: the same as `--alternatives`
    --har: path               # The endpoints that a browser's or a proxy's session used: an HTTP Archive
    --requests: path          # The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment
    --log: path               # The endpoints of an access log: common, combined, or JSON lines
    --collection: path        # The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these
    --source: path            # The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path
    --alternatives: string    # Also show what could be asked for instead, the best first [default number: 5]
    --client: string          # Stay below what this client may request
    --api: string             # Only this API
    --json                    # As JSON (tokscope.scopes/v1)
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope login grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope login store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Obtain a token with the least scopes that the endpoints need, say why each is asked for, and keep it
  export extern "tokscope login" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --endpoint(-e): string    # An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    --scope: string           # A scope to ask for besides. Repeat it for several
    --api: string             # The API, where several answer
    --json                    # As JSON (tokscope.login/v1)
    --client: string          # The client that asks, where several could
    --grant: string@"nu-complete tokscope login grant" # The grant [default: the first of the client's own]
    --no-browser              # Only show the address to sign in at: open no browser
    --paste                   # Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH
    --acr-values: string      # The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)
    --max-age: string         # The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)
    --subject: path           # The token to exchange for another: a file, or `-` for standard input
    --accept-more             # Take the token also when the server grants more than was asked for
    --store: string@"nu-complete tokscope login store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope token format" [] {
    [ "raw" "credentials" "header" "env" "json" ]
  }

  def "nu-complete tokscope token grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope token store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Print a valid token for the endpoints, and nothing else: from the vault, or a new one
  export extern "tokscope token" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --endpoint(-e): string    # An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    --api: string             # The API, where several answer
    --format: string@"nu-complete tokscope token format" # How it is printed: the token alone (`raw`), what stands after `Authorization:` (`credentials`), that whole line (`header`), a line for a shell or a file of variables (`env`), or `json`
    --header                  # The same as --format header
    --json                    # The same as --format json (tokscope.token/v1)
    --client: string          # The client that asks, where several could
    --grant: string@"nu-complete tokscope token grant" # The grant [default: the first of the client's own]
    --no-browser              # Only show the address to sign in at: open no browser
    --paste                   # Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH
    --acr-values: string      # The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)
    --max-age: string         # The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)
    --subject: path           # The token to exchange for another: a file, or `-` for standard input
    --accept-more             # Take the token also when the server grants more than was asked for
    --store: string@"nu-complete tokscope token store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope exec grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope exec store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Hand a valid token for the endpoints to a command, in its environment
  export extern "tokscope exec" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --endpoint(-e): string    # An endpoint: a method and a path, a URL, or the template of the manifest. Repeat it for several
    --api: string             # The API, where several answer
    --env: string             # The environment variable for the token
    --header                  # Put `Bearer` and a space before the token, as a header wants it
    --client: string          # The client that asks, where several could
    --grant: string@"nu-complete tokscope exec grant" # The grant [default: the first of the client's own]
    --no-browser              # Only show the address to sign in at: open no browser
    --paste                   # Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH
    --acr-values: string      # The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)
    --max-age: string         # The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)
    --subject: path           # The token to exchange for another: a file, or `-` for standard input
    --accept-more             # Take the token also when the server grants more than was asked for
    --store: string@"nu-complete tokscope exec store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --help(-h)                # Print help
  ]

  # List, show, refresh, revoke and forget the tokens of the vault
  export extern "tokscope tokens" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope tokens list store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # List the tokens: issuer, client, scopes, end, last use. Never a token itself
  export extern "tokscope tokens list" [
    --json                    # As JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens list store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope tokens show store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Show everything about a token but itself
  export extern "tokscope tokens show" [
    --json                    # As JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens show store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    id: string                # The token's identifier, or the beginning of it
  ]

  def "nu-complete tokscope tokens refresh store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Refresh a token now
  export extern "tokscope tokens refresh" [
    --json                    # As JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens refresh store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    id: string                # The token's identifier, or the beginning of it
  ]

  def "nu-complete tokscope tokens revoke store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Give tokens back to their authorization server, then forget them
  export extern "tokscope tokens revoke" [
    --all                     # All of them
    --yes(-y)                 # Do it without asking
    --json                    # As JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens revoke store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    ...ids: string            # The tokens' identifiers, or the beginnings of them
  ]

  def "nu-complete tokscope tokens forget store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Forget tokens here; the server is not told
  export extern "tokscope tokens forget" [
    --all                     # All of them
    --yes(-y)                 # Do it without asking
    --json                    # As JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens forget store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    ...ids: string            # The tokens' identifiers, or the beginnings of them
  ]

  # Accept the issuers and origins that the manifest names: without that, nothing is sent to them
  export extern "tokscope trust" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --yes(-y)                 # Accept without asking
    --help(-h)                # Print help
  ]

  # List what was accepted
  export extern "tokscope trust list" [
    --json                    # As JSON (tokscope.trust/v1)
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  # Take back what was accepted
  export extern "tokscope trust revoke" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    fingerprint?: string      # The beginning of its fingerprint, as `list` has it [default: that of the manifest found from here]
  ]

  def "nu-complete tokscope call grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope call store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Call an endpoint; when it fails, say which scope is missing and why
  export extern "tokscope call" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --mcp: string             # The URL of a Model Context Protocol server; the endpoint is then a method, as in `tools/call search`, and --data its arguments. Where no API of the manifest has this base URL, the server's own challenge leads to its authorization server, and, once that was accepted, to a client that is registered there
    --client-id: string       # With --mcp, where no manifest knows the server: a client that its authorization server knows, instead of one that is registered for this call
    --token: string           # Read the token from standard input, as `--token -`
    --token-file: path        # Read the token from this file; `-`: standard input
    --token-env: string       # Read the token from this environment variable
    --client: string          # The client that asks, where several could
    --grant: string@"nu-complete tokscope call grant" # The grant [default: the first of the client's own]
    --no-browser              # Only show the address to sign in at: open no browser
    --paste                   # Paste what the browser shows after the sign-in: for a browser on another machine, as over SSH
    --acr-values: string      # The strength of the sign-in that the API wants: its `acr_values` (RFC 9470)
    --max-age: string         # The most seconds since the sign-in that the API takes: its `max_age` (RFC 9470)
    --subject: path           # The token to exchange for another: a file, or `-` for standard input
    --accept-more             # Take the token also when the server grants more than was asked for
    --store: string@"nu-complete tokscope call store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --param(-p): string       # The value of a path parameter
    --query(-Q): string       # A parameter of the query
    --header(-H): string      # A header field
    --data(-d): string        # The body
    --yes(-y)                 # Send it without asking, whatever the method, and although the token may be meant for another API or the request carries a token
    --step-up                 # When a scope or a stronger sign-in is missing, obtain it, once, and call again
    --dry-run                 # Send nothing: print the request as a `curl` command, with a command in the token's place
    --output(-o): path        # Write the body of the answer to a file
    --include(-i)             # Show the header fields of the answer and the parts of its time, on standard error
    --pretty                  # Lay out a JSON body, as it is done on a terminal
    --http1                   # Speak HTTP/1.1 and nothing else
    --http2                   # Speak HTTP/2 and nothing else, also where there is no TLS to agree on it
    --timeout: string         # The most seconds that the call may take
    --max-size: string        # The most bytes of the answer's body
    --api: string             # The API, where several answer
    --json                    # As JSON (tokscope.call/v1)
    --help(-h)                # Print help
    endpoint: string          # The endpoint: a method and a path, or a URL
    name?: string             # With --mcp: the name of the tool or prompt
  ]

  # Follow the chain from an API or an issuer to everything that can be known about both
  export extern "tokscope discover" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --register                # Register a public client at the authorization server (RFC 7591)
    --unregister              # End a registration: URL is its management address, and its token comes on standard input
    --json                    # As JSON (tokscope.discover/v1)
    --help(-h)                # Print help (see more with '--help')
    url: string               # An API's URL, or an issuer
  ]

  def "nu-complete tokscope probe format" [] {
    [ "text" "json" "junit" "sarif" ]
  }

  def "nu-complete tokscope probe fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope probe store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Find out what a token really opens, and whether the server enforces what the manifest says
  export extern "tokscope probe" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --token: string           # Read the token from standard input, as `--token -`
    --token-file: path        # Read the token from this file; `-`: standard input
    --token-env: string       # Read the token from this environment variable
    --client: string          # The client that gets tokens which lack a scope
    --endpoint(-e): string    # Only this endpoint, whatever its method. Repeat it for several
    --param(-p): string       # The value of a path parameter, wherever it occurs
    --api: string             # The API, where several answer
    --rate: string            # The most calls per second
    --most: string            # The most calls in all
    --yes(-y)                 # Call without asking, although the token may be meant for another API or a parameter is a token
    --state: path             # Where what was done is kept, so that the next run goes on after it
    --format: string@"nu-complete tokscope probe format" # How to report
    --fail-on: string@"nu-complete tokscope probe fail_on" # The severity from which a finding ends with exit code 6
    --store: string@"nu-complete tokscope probe store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --help(-h)                # Print help
  ]

  # Say why a call failed that was made elsewhere, from what curl, a browser or a log kept of it
  export extern "tokscope why" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --status: string          # The status of a body that comes alone
    --header(-H): string      # A header field of the answer, beside those of the capture
    --endpoint(-e): string    # The endpoint that was called, where the capture does not show it
    --token: string           # Read the token from standard input, as `--token -`
    --token-file: path        # Read the token from this file; `-`: standard input
    --token-env: string       # Read the token from this environment variable
    --api: string             # The API, where several answer
    --follow                  # Ask where the challenge leads: to the metadata of the API, to its authorization server, to a registration. No token is sent, and nothing is registered
    --json                    # As JSON (tokscope.why/v1)
    --markdown                # As Markdown, for a report of an issue: everything that looks like a secret is masked
    --help(-h)                # Print help
    file?: path               # The capture; `-` or nothing: standard input
  ]

  # Say more about a finding, a claim, a header parameter, an algorithm or a kind of token
  export extern "tokscope explain" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --json                    # As JSON (tokscope.explain/v1)
    --help(-h)                # Print help
    name?: string             # The code of a finding, a claim, a header parameter, an algorithm, a `typ` or a prefix; nothing: every finding
  ]

  # Check and show the map of endpoints to scopes
  export extern "tokscope manifest" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope manifest diff fail_on" [] {
    [ "neutral" "relaxation" "escalation" ]
  }

  # Say what a change of the manifest means: who can do more, who less
  export extern "tokscope manifest diff" [
    --fail-on: string@"nu-complete tokscope manifest diff fail_on" # End with exit code 6 when there is a change of this kind, or a worse one
    --json                    # As JSON (tokscope.manifest-diff/v1)
    --markdown                # As Markdown, for a pull request
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
    old?: string              # Before: a file, a revision in git (`REV`), or a file in one (`REV:path`)
    new?: string              # After: the same [default: the manifest's file]
  ]

  def "nu-complete tokscope manifest drift reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest drift principal" [] {
    [ "delegated" "personal" "application" ]
  }

  def "nu-complete tokscope manifest drift fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope manifest drift format" [] {
    [ "text" "json" "sarif" "github" ]
  }

  def "nu-complete tokscope manifest drift store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Compare the manifest with the API's description, with what the authorization server offers, with requests
  export extern "tokscope manifest drift" [
    --description: path       # The API's own description: endpoints without a line, lines without an endpoint, other requirements
    --reading: string@"nu-complete tokscope manifest drift reading" # What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]
    --base-url: string        # What the paths are relative to, in place of the description's own server
    --for: string@"nu-complete tokscope manifest drift principal" # For whom permissions of Microsoft Graph are
    --metadata: path          # The authorization server's metadata (RFC 8414): scopes that it does not offer, or that nobody needs
    --issuer: string          # Ask the authorization server for its metadata: that of the API, that of its clients, or the one that is named
    --har: path               # The endpoints that a browser's or a proxy's session used: an HTTP Archive
    --requests: path          # The endpoints of a list: `METHOD path-or-URL` on each line; `#` begins a comment
    --log: path               # The endpoints of an access log: common, combined, or JSON lines
    --collection: path        # The endpoints of a Postman, Insomnia or Bruno collection, or of a folder of these
    --source: path            # The endpoints whose paths or URLs are written in source code, a file or a folder: a guess by its text. Where no method can be seen, every method of the path
    --api: string             # The API, where the manifest has several
    --fail-on: string@"nu-complete tokscope manifest drift fail_on" # End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2
    --format: string@"nu-complete tokscope manifest drift format" # The form of the findings
    --json                    # As JSON: the same as `--format json`
    --store: string@"nu-complete tokscope manifest drift store" # Where tokens are kept: in a file whose key is in the system's `keyring` or comes of a `passphrase`, or in `memory` alone [default: what the vault was made with, else the keyring]
    --passphrase-file: path   # The file whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Accept the manifest's issuers and origins for this time: see `tokscope trust`
    --no-interact             # Never wait for a person: where one is needed, end with exit code 5. So it is where CI is set
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
  ]

  # Write the manifest in one form: spaces, blank lines, requirements as short as they can be. Comments stay
  export extern "tokscope manifest fmt" [
    --check                   # Write nothing, and end with exit code 6 when the form is another one
    --sort                    # Also sort: endpoints by path and method, scopes by name, each with the comment above it
    --stdout                  # Print the text, and leave the file as it is
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  def "nu-complete tokscope manifest import reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest import principal" [] {
    [ "delegated" "personal" "application" ]
  }

  # Import the endpoints and scopes of an API from its description
  export extern "tokscope manifest import" [
    --api: string             # The API's name in the manifest [default: made of its title]
    --into: path              # The manifest to write into; it is made if it is not there
    --reading: string@"nu-complete tokscope manifest import reading" # What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]
    --base-url: string        # What the paths are relative to, in place of the description's own server
    --for: string@"nu-complete tokscope manifest import principal" # For whom permissions of Microsoft Graph are
    --last: string            # The description as it was imported last, a file or `REV:path` in git: what was written or left out by hand since then is told from what the description changed, stays, and is a conflict where both have changed
    --update                  # Where a line requires something else than the description, take what the description says, unless a comment stands at the line
    --prune                   # Remove lines that the description no longer has, unless a comment stands at them
    --json                    # As JSON (tokscope.import/v1)
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
    source: path              # The description's file, or `-` for standard input
  ]

  def "nu-complete tokscope manifest init reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest init principal" [] {
    [ "delegated" "personal" "application" ]
  }

  # Make a first manifest: from an API's description, or by questions
  export extern "tokscope manifest init" [
    --refer                   # Refer to the description instead of copying it: the manifest then follows it
    --api: string             # The API's name [default: made of its title, or asked for]
    --issuer: string          # Where its tokens come from
    --client-id: string       # The `client_id` of a client that is registered there
    --reading: string@"nu-complete tokscope manifest init reading" # What a list of several scopes means: one of them suffices, or all are needed [default: as recorded, or guessed]
    --base-url: string        # What the paths are relative to, in place of the description's own server
    --for: string@"nu-complete tokscope manifest init principal" # For whom permissions of Microsoft Graph are
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
    source?: path             # The description of the API, as for `manifest import`
  ]

  def "nu-complete tokscope manifest lint fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope manifest lint format" [] {
    [ "text" "json" "sarif" "github" ]
  }

  # Say everything that is wrong with the manifest or odd about it, and where
  export extern "tokscope manifest lint" [
    --fail-on: string@"nu-complete tokscope manifest lint fail_on" # End with exit code 6 when there is a finding of at least this severity; an error in the manifest always ends with 2
    --format: string@"nu-complete tokscope manifest lint format" # The form of the findings
    --json                    # As JSON: the same as `--format json`
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
  ]

  # Print the JSON Schema of tokscope.toml, by which editors complete and check it
  export extern "tokscope manifest schema" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  # Show the APIs, their endpoints with what they require, the scopes and the clients
  export extern "tokscope manifest show" [
    --api: string             # Only this API
    --json                    # As JSON (tokscope.manifest-show/v1)
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

  # Open an address in the browser: what a login starts, without the secrets of its environment
  export extern "tokscope browse" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
    url: string               # The address
  ]

  def "nu-complete tokscope completions shell" [] {
    [ "bash" "elvish" "fish" "nushell" "powershell" "zsh" ]
  }

  # Print the completions of a shell
  export extern "tokscope completions" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help (see more with '--help')
    shell: string@"nu-complete tokscope completions shell" # The shell
  ]

  # Print the manual page
  export extern "tokscope man" [
    --manifest: path          # The manifest [default: the `tokscope.toml` in this folder or one above]
    --ca-file: path           # Certificates, as PEM, to trust beside those of the operating system: a company's own authority
    --help(-h)                # Print help
  ]

}

export use completions *
