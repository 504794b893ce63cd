module completions {

  def "nu-complete tokscope color" [] {
    [ "auto" "always" "never" ]
  }

  # Obtain, read and compare OAuth tokens, scope by scope
  export extern tokscope [
    --theme: string           # Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]
    --ascii                   # Draw borders and marks in ASCII
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --keys: string            # Feed these keys first, such as `j<enter><ctrl-p><wait>`
    --print: string           # Print one frame as text after the keys, and exit [default size: 120x36]
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --version(-V)             # Print the version
  ]

  def "nu-complete tokscope decode color" [] {
    [ "auto" "always" "never" ]
  }

  # Decode a token, and optionally verify it
  export extern "tokscope decode" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope decode color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --file: path              # Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    --token-file: path        # Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    --env: string             # Read the token from an environment variable
    --token-env: string       # Read the token from an environment variable
    --json                    # Print JSON (tokscope.decode/v1)
    --claim: string           # Print one claim: strings as they are, anything else as JSON. A JSON pointer such as `/realm_access/roles` selects a nested value (RFC 6901)
    --header                  # Print only the JOSE header, as JSON
    --payload                 # Print only the payload: claims as JSON, anything else unchanged
    --lines                   # Decode one token per line from stdin or --file, and print one JSON object per line in the same order
    --findings                # With --lines, include findings for each token (much slower)
    --scan                    # Find every token in a text or log from stdin or --file, and print its line, column and type, masked
    --fail-on-found           # With --scan, exit with code 6 if a token is found, such as to detect leaked tokens in CI
    --fail-on: string         # Exit with code 6 if there is a finding of this severity or above
    --max-lifetime: string    # Report tokens with a longer lifetime, such as `1h` or `30m` [default: 28h]
    --max-bytes: string       # Maximum input size in bytes [default: 1048576; 64 MiB for a JSON document]
    --decrypt: path           # Decrypt an encrypted token with a key file: a JWK, or a private key in PEM
    --verify                  # Verify the token with one of the key options; exit with code 4 unless it is verified
    --issuer: string          # Verify with the keys that this issuer publishes, and require it in `iss`
    --jwks: string            # Verify with a JWK Set
    --key: path               # Verify with a key file: JWK, public key (PEM or DER) or certificate
    --secret-file: path       # Verify with a shared secret from a file; a trailing line break is ignored
    --secret-env: string      # Verify with a shared secret from an environment variable
    --secret: string          # Verify with a shared secret from stdin; only `-` is accepted
    --audience: string        # Require this audience in `aud` (repeatable: any one of them)
    --expect-issuer: string   # Require exactly this issuer in `iss`
    --expect-type: string     # Require this type in `typ`, such as `at+jwt`
    --algorithm: string       # Allow only these algorithms [default: those that the key type allows]
    --leeway: string          # Clock skew to tolerate, in seconds
    --detached: path          # Verify a detached signature over the bytes of a file (RFC 7515 Appendix F)
    --any-payload             # Accept a payload that is not a JSON claims set, as in a JWS that is not a JWT (RFC 7515)
    --allow-short-secret      # Allow a shared secret that is shorter than the hash output (RFC 7518 §3.2)
    token?: string            # Token to read; stdin if omitted or `-`; if stdin is a terminal, the variable `TOKSCOPE_TOKEN`
  ]

  def "nu-complete tokscope explain color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain a finding, claim, header, algorithm, token type or error
  export extern "tokscope explain" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope explain color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --json                    # Print JSON (tokscope.explain/v1)
    name?: string             # Finding code, claim, header parameter, algorithm, `typ` or token prefix; lists every finding if omitted
  ]

  def "nu-complete tokscope why color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain a failed call from curl output, a HAR file or a log
  export extern "tokscope why" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope why color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --status: string          # Status code, if the input does not show it
    --header(-H): string      # Additional response header
    --endpoint(-e): string    # Endpoint that was called, if the capture does not show it
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --api: string             # API to use, if several match
    --follow                  # Follow the challenge to the API's metadata and its authorization server. No token is sent, and nothing is registered
    --json                    # Print JSON (tokscope.why/v1)
    --markdown                # Print Markdown for an issue report; anything that looks like a secret is masked
    file?: path               # Captured call, at most 1 GiB; stdin if omitted or `-`
  ]

  def "nu-complete tokscope scopes color" [] {
    [ "auto" "always" "never" ]
  }

  # Find the least privileged scopes for a set of endpoints
  export extern "tokscope scopes" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope scopes color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --endpoint(-e): string    # Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    --all                     # Include every endpoint of the manifest; with --endpoint, the same as --alternatives
    --har: path               # Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy
    --requests: path          # Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment
    --log: path               # Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file
    --collection: path        # Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them
    --arazzo: path            # Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read
    --source: path            # Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included
    --alternatives: string    # Also list alternative scope sets, best first [default number: 5]
    --client: string          # Use only scopes that this client may request
    --api: string             # Only this API
    --json                    # Print JSON (tokscope.scopes/v1)
  ]

  def "nu-complete tokscope check color" [] {
    [ "auto" "always" "never" ]
  }

  # Compare a token's scopes with those an endpoint requires
  export extern "tokscope check" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope check color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --file: path              # Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    --token-file: path        # Read the token from a file: a bare token, a token response, an HTTP request, a HAR
    --env: string             # Read the token from an environment variable
    --token-env: string       # Read the token from an environment variable
    --endpoint(-e): string    # Endpoint (repeatable): a method and path, a URL, or a template of the manifest. Without a method, GET
    --api: string             # API to use, if several match
    --client: string          # Client that the policy is asked about [default: the one that obtained the token]
    --quiet(-q)               # Print nothing on stdout; the exit code is the result
    --json                    # Print JSON (tokscope.check/v1); for several endpoints, with an array `checks`
    token?: string            # Token to read; stdin if omitted or `-`; if stdin is a terminal, the variable `TOKSCOPE_TOKEN`
  ]

  def "nu-complete tokscope manifest color" [] {
    [ "auto" "always" "never" ]
  }

  # Create, check, compare and export the manifest
  export extern "tokscope manifest" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope manifest diff fail_on" [] {
    [ "neutral" "relaxation" "escalation" ]
  }

  def "nu-complete tokscope manifest diff color" [] {
    [ "auto" "always" "never" ]
  }

  # Show what a manifest change means: escalation, relaxation or neutral
  export extern "tokscope manifest diff" [
    --fail-on: string@"nu-complete tokscope manifest diff fail_on" # Exit with code 6 if there is a change of this kind or worse
    --json                    # Print JSON (tokscope.manifest-diff/v1)
    --markdown                # Print Markdown for a pull request
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest diff color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    old?: string              # Old manifest: a file, a git revision (`REV`), or a file in a revision (`REV:path`)
    new?: string              # New manifest, in the same forms [default: the manifest file]
  ]

  def "nu-complete tokscope manifest drift reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest drift principal" [] {
    [ "delegated" "personal" "application" ]
  }

  def "nu-complete tokscope manifest drift engine" [] {
    [ "apollo" "cosmo" "hive" "grafbase" ]
  }

  def "nu-complete tokscope manifest drift sql" [] {
    [ "duckdb" "clickhouse" ]
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

  def "nu-complete tokscope manifest drift color" [] {
    [ "auto" "always" "never" ]
  }

  # Compare the manifest with an API description, an engine, server metadata or recorded requests
  export extern "tokscope manifest drift" [
    --description: path       # API description: report missing, unknown and differing endpoints
    --reading: string@"nu-complete tokscope manifest drift reading" # Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]
    --overlay: path           # Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated
    --base-url: string        # Base URL, instead of the description's own server
    --for: string@"nu-complete tokscope manifest drift principal" # Kind of Microsoft Graph permission to import
    --engine: string@"nu-complete tokscope manifest drift engine" # GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]
    --metadata: path          # Authorization server metadata (RFC 8414): report scopes that it does not support, or that no endpoint needs
    --issuer: string          # Fetch the metadata of the API's authorization server, or of URL
    --export: path            # Configuration written by `manifest export`: report edits, and rules that the manifest has changed since
    --running: path           # Configuration of an engine or of an authorization server (repeatable): report what it enforces otherwise
    --har: path               # Endpoints of a HAR file of at most 1 GiB, as recorded by a browser or proxy
    --requests: path          # Endpoints listed in a file, one `METHOD PATH-OR-URL` per line; `#` starts a comment
    --log: path               # Endpoints of an access log: common, combined or JSON lines, an OTLP file, or a HAR file
    --collection: path        # Endpoints of a Postman, Insomnia or Bruno collection, or a directory of them
    --arazzo: path            # Endpoints that the workflows of an Arazzo description call; OpenAPI descriptions next to it are read
    --source: path            # Endpoints whose paths or URLs appear in source code, a file or directory. Best effort: where no method is found, all methods of the path are included
    --sql: string@"nu-complete tokscope manifest drift sql" # Print SQL that compares the manifest with a log inside a database; --log names the files as the database finds them
    --api: string             # API to compare, if the manifest has several
    --fail-on: string@"nu-complete tokscope manifest drift fail_on" # Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2
    --format: string@"nu-complete tokscope manifest drift format" # Output format
    --json                    # Same as --format json
    --store: string@"nu-complete tokscope manifest drift store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest drift color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope manifest export engine" [] {
    [ "envoy" "nginx" "haproxy" "apache" "istio" "aws" "cedar" "keycloak" "auth0" "okta" "entra" "terraform" ]
  }

  def "nu-complete tokscope manifest export alg" [] {
    [ "RS256" "RS384" "RS512" "ES256" "ES384" "ES512" "PS256" "PS384" "PS512" ]
  }

  def "nu-complete tokscope manifest export provider" [] {
    [ "auth0" "okta" "keycloak" "cognito" ]
  }

  def "nu-complete tokscope manifest export color" [] {
    [ "auto" "always" "never" ]
  }

  # Export the configuration of an engine, or of an authorization server, that enforces the manifest
  export extern "tokscope manifest export" [
    --api: string             # API to export, if the manifest has several
    --keys: string            # Keys that verify tokens: a URL, or a file as the engine sees it
    --alg: string@"nu-complete tokscope manifest export alg" # Signature algorithm, for engines that do not take it from the key: `HAProxy`
    --listen: string          # Address that the engine listens on
    --upstream: string        # URL that the engine forwards to [default: the origin of the API's base URL]
    --claim: string           # Claim with scopes (repeatable) [default: that of the manifest, or scope and scp]
    --deny: string            # Deny this endpoint, because the engine can't express it (repeatable)
    --without-policy          # Export the scopes only, although the manifest has a policy
    --selector: string        # Label of the workloads that an Istio policy is for, such as app=orders [default: all of the namespace]
    --provider: string@"nu-complete tokscope manifest export provider" # Provider of Terraform
    --output(-o): path        # Write to a file instead of stdout
    --check: path             # Check only; exit with code 6 if this file differs from the export
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest export color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    engine: string@"nu-complete tokscope manifest export engine" # Engine, or authorization server
  ]

  def "nu-complete tokscope manifest fmt color" [] {
    [ "auto" "always" "never" ]
  }

  # Format the manifest, keeping comments
  export extern "tokscope manifest fmt" [
    --check                   # Check only; exit with code 6 if the manifest is not formatted
    --sort                    # Also sort endpoints by path and method, and scopes by name, each with its comment
    --stdout                  # Print the formatted manifest instead of writing it
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest fmt color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    ...files: path            # Manifest files [default: as for every command]
  ]

  def "nu-complete tokscope manifest import reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest import principal" [] {
    [ "delegated" "personal" "application" ]
  }

  def "nu-complete tokscope manifest import engine" [] {
    [ "apollo" "cosmo" "hive" "grafbase" ]
  }

  def "nu-complete tokscope manifest import color" [] {
    [ "auto" "always" "never" ]
  }

  # Import endpoints and scopes from an API description
  export extern "tokscope manifest import" [
    --api: string             # Name of the API in the manifest [default: derived from its title]
    --into: path              # Manifest to write to; created if it does not exist
    --reading: string@"nu-complete tokscope manifest import reading" # Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]
    --overlay: path           # Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated
    --base-url: string        # Base URL, instead of the description's own server
    --for: string@"nu-complete tokscope manifest import principal" # Kind of Microsoft Graph permission to import
    --engine: string@"nu-complete tokscope manifest import engine" # GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]
    --last: string            # Description as it was last imported: a file, or `REV:path` in git. Changes made by hand since then are kept, and reported as conflicts where the description changed too
    --update                  # Update lines that differ from the description, except lines with a comment
    --prune                   # Remove lines that are no longer in the description, except lines with a comment
    --json                    # Print JSON (tokscope.import/v1)
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest import color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    source: path              # API description file, or `-` for stdin
  ]

  def "nu-complete tokscope manifest init reading" [] {
    [ "any" "all" ]
  }

  def "nu-complete tokscope manifest init principal" [] {
    [ "delegated" "personal" "application" ]
  }

  def "nu-complete tokscope manifest init engine" [] {
    [ "apollo" "cosmo" "hive" "grafbase" ]
  }

  def "nu-complete tokscope manifest init color" [] {
    [ "auto" "always" "never" ]
  }

  # Create a manifest from an API description, or interactively
  export extern "tokscope manifest init" [
    --refer                   # Refer to the description instead of copying it
    --api: string             # Name of the API [default: derived from its title, or prompted for]
    --issuer: string          # Issuer of the API's tokens
    --client-id: string       # `client_id` of a client registered with that issuer
    --reading: string@"nu-complete tokscope manifest init reading" # Meaning of a list of several scopes: any one of them, or all of them [default: as recorded, otherwise inferred]
    --overlay: path           # Overlay (Overlay 1.0 or 1.1) to apply to the description first; may be repeated
    --base-url: string        # Base URL, instead of the description's own server
    --for: string@"nu-complete tokscope manifest init principal" # Kind of Microsoft Graph permission to import
    --engine: string@"nu-complete tokscope manifest init engine" # GraphQL engine, which defines what nested lists of scopes mean [default: as Apollo, unless the schema names Grafbase]
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest init color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    source?: path             # API description, as for `manifest import`
  ]

  def "nu-complete tokscope manifest lint fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope manifest lint format" [] {
    [ "text" "json" "sarif" "github" ]
  }

  def "nu-complete tokscope manifest lint color" [] {
    [ "auto" "always" "never" ]
  }

  # Report errors and suspicious entries in the manifest
  export extern "tokscope manifest lint" [
    --fail-on: string@"nu-complete tokscope manifest lint fail_on" # Exit with code 6 if there is a finding of this severity or above; an error in the manifest always exits with 2
    --format: string@"nu-complete tokscope manifest lint format" # Output format
    --json                    # Same as --format json
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest lint color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    ...files: path            # Manifest files [default: as for every command]; with several, the JSON document has an array `manifests`
  ]

  def "nu-complete tokscope manifest schema color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the JSON Schema of tokscope.toml, for editors
  export extern "tokscope manifest schema" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest schema color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope manifest show color" [] {
    [ "auto" "always" "never" ]
  }

  # Show APIs, endpoints with their requirements, scopes, clients and policy
  export extern "tokscope manifest show" [
    --api: string             # Only this API
    --json                    # Print JSON (tokscope.manifest-show/v1)
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope manifest show color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope manifest help" [
  ]

  # Show what a manifest change means: escalation, relaxation or neutral
  export extern "tokscope manifest help diff" [
  ]

  # Compare the manifest with an API description, an engine, server metadata or recorded requests
  export extern "tokscope manifest help drift" [
  ]

  # Export the configuration of an engine, or of an authorization server, that enforces the manifest
  export extern "tokscope manifest help export" [
  ]

  # Format the manifest, keeping comments
  export extern "tokscope manifest help fmt" [
  ]

  # Import endpoints and scopes from an API description
  export extern "tokscope manifest help import" [
  ]

  # Create a manifest from an API description, or interactively
  export extern "tokscope manifest help init" [
  ]

  # Report errors and suspicious entries in the manifest
  export extern "tokscope manifest help lint" [
  ]

  # Print the JSON Schema of tokscope.toml, for editors
  export extern "tokscope manifest help schema" [
  ]

  # Show APIs, endpoints with their requirements, scopes, clients and policy
  export extern "tokscope manifest help show" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope manifest help help" [
  ]

  def "nu-complete tokscope policy color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain what the policy of the manifest decides
  export extern "tokscope policy" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope policy color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope policy test ci" [] {
    [ "true" "false" ]
  }

  def "nu-complete tokscope policy test interactive" [] {
    [ "true" "false" ]
  }

  def "nu-complete tokscope policy test color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain what the policy decides about a request, and by which rule
  export extern "tokscope policy test" [
    --client: string          # Client in the manifest
    --at: string              # Time, such as `2026-12-01T03:00Z`; without an offset, in UTC [default: now]
    --env: string             # Label of the environment
    --environment: string     # Label of the environment
    --ci: string@"nu-complete tokscope policy test ci" # Whether it runs in continuous integration
    --branch: string          # Branch
    --caller: string          # Program that uses the token
    --interactive: string@"nu-complete tokscope policy test interactive" # Whether a user is present
    --sign-in-age: string     # Seconds since the user signed in [default: not known]
    --scope: string           # Scope that is requested (repeatable) [default: the least privileged scopes that the endpoint needs]
    --api: string             # API to use, if several match
    --json                    # Print JSON (tokscope.policy-test/v1)
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope policy test color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    endpoint: string          # Endpoint: a method and path, a URL, or a template of the manifest. Without a method, GET
    path?: string             # Path, if ENDPOINT is only a method
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope policy help" [
  ]

  # Explain what the policy decides about a request, and by which rule
  export extern "tokscope policy help test" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope policy help help" [
  ]

  def "nu-complete tokscope discover color" [] {
    [ "auto" "always" "never" ]
  }

  # Discover an API's authorization server and its capabilities
  export extern "tokscope discover" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope discover color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --register                # Register a public client at the authorization server (RFC 7591)
    --unregister              # Delete a registration: URL is its client configuration endpoint, and the registration access token is read from stdin (RFC 7592)
    --follow-private          # Follow servers to private and loopback addresses of other origins without asking
    --json                    # Print JSON (tokscope.discover/v1)
    url: string               # URL of an API, or an issuer
  ]

  def "nu-complete tokscope init color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope init store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Set up a manifest: for an API, an issuer or a provider
  export extern "tokscope init" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope init color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --provider: string        # Provider to set up
    --api: string             # Name of the API in the manifest [default: derived from its title, otherwise `main`]
    --base-url: string        # Base URL of the API, if it differs from URL or from the description
    --issuer: string          # Issuer of the API's tokens, if the API does not publish it
    --endpoint(-e): string    # Endpoint and its scopes, as in `GET /orders orders:read` (repeatable)
    --client-id: string       # `client_id` of the registered client
    --register                # Register a client at the authorization server (RFC 7591)
    --secret-env: string      # Environment variable with the client's secret
    --variable: string        # Value of one of the provider's variables, such as its tenant (repeatable)
    --follow-private          # Follow servers to private and loopback addresses of other origins without asking
    --list                    # List the providers
    --json                    # Print JSON (tokscope.init/v1)
    --no-browser              # Print the sign-in URL instead of opening a browser
    --paste                   # Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    --acr-values: string      # Authentication context that the API requires: `acr_values` (RFC 9470)
    --max-age: string         # Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    --subject: path           # Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    --store: string@"nu-complete tokscope init store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    source?: string           # URL of an API or of its issuer, or a file with an API description
  ]

  def "nu-complete tokscope login color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope login grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope login store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Obtain a token with exactly the scopes the endpoints need
  export extern "tokscope login" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope login color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --endpoint(-e): string    # Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    --scope: string           # Additional scope to request (repeatable)
    --split                   # Obtain a token for each set of scopes, so that `gateway` and `token` can use the narrowest; after the first sign-in, the browser's session is used without a prompt
    --api: string             # API to use, if several match
    --provider: string        # Provider to sign in at: with the manifest's client, or without a manifest with `--client-id`
    --issuer: string          # Issuer to sign in at, without a manifest
    --client-id: string       # `client_id`, without a manifest
    --secret-env: string      # Environment variable with the client's secret, without a manifest
    --variable: string        # Value of one of the provider's variables, such as its tenant (repeatable)
    --json                    # Print JSON (tokscope.login/v1)
    --client: string          # Client to use, if the manifest has several
    --grant: string@"nu-complete tokscope login grant" # Grant type [default: the first in the client's `grants`]
    --no-browser              # Print the sign-in URL instead of opening a browser
    --paste                   # Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    --acr-values: string      # Authentication context that the API requires: `acr_values` (RFC 9470)
    --max-age: string         # Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    --subject: path           # Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    --accept-more             # Accept a token that was granted more scopes than requested
    --store: string@"nu-complete tokscope login store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
  ]

  def "nu-complete tokscope token color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope token format" [] {
    [ "raw" "credentials" "header" "env" "json" ]
  }

  def "nu-complete tokscope token grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope token store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Print a valid token for the endpoints, stored or new
  export extern "tokscope token" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope token color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --endpoint(-e): string    # Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    --api: string             # API to use, if several match
    --format: string@"nu-complete tokscope token format" # Output format: the token alone (raw), the value of the Authorization header (credentials), the whole header line (header), a shell assignment (env), or json
    --header                  # Same as --format header
    --json                    # Same as --format json (tokscope.token/v1)
    --client: string          # Client to use, if the manifest has several
    --grant: string@"nu-complete tokscope token grant" # Grant type [default: the first in the client's `grants`]
    --no-browser              # Print the sign-in URL instead of opening a browser
    --paste                   # Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    --acr-values: string      # Authentication context that the API requires: `acr_values` (RFC 9470)
    --max-age: string         # Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    --subject: path           # Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    --accept-more             # Accept a token that was granted more scopes than requested
    --store: string@"nu-complete tokscope token store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
  ]

  def "nu-complete tokscope exec color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope exec grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope exec store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Run a command with a valid token in its environment
  export extern "tokscope exec" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope exec color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --endpoint(-e): string    # Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    --api: string             # API to use, if several match
    --env: string             # Environment variable for the token
    --header                  # Prefix the token with `Bearer `
    --client: string          # Client to use, if the manifest has several
    --grant: string@"nu-complete tokscope exec grant" # Grant type [default: the first in the client's `grants`]
    --no-browser              # Print the sign-in URL instead of opening a browser
    --paste                   # Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    --acr-values: string      # Authentication context that the API requires: `acr_values` (RFC 9470)
    --max-age: string         # Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    --subject: path           # Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    --accept-more             # Accept a token that was granted more scopes than requested
    --store: string@"nu-complete tokscope exec store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
  ]

  def "nu-complete tokscope tokens color" [] {
    [ "auto" "always" "never" ]
  }

  # Manage stored tokens: list, show, refresh, revoke, forget, review
  export extern "tokscope tokens" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope tokens list store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens list color" [] {
    [ "auto" "always" "never" ]
  }

  # List stored tokens: issuer, client, scopes, expiry, last use
  export extern "tokscope tokens list" [
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens list store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens list color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope tokens show store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens show color" [] {
    [ "auto" "always" "never" ]
  }

  # Show everything about a stored token except the token itself
  export extern "tokscope tokens show" [
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens show store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens show color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    id: string                # Token ID, or an unambiguous prefix
  ]

  def "nu-complete tokscope tokens introspect store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens introspect color" [] {
    [ "auto" "always" "never" ]
  }

  # Ask the authorization server whether a token is active, and for its scopes
  export extern "tokscope tokens introspect" [
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --client: string          # Client that asks; by default, the one that obtained the token
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens introspect store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens introspect color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    id?: string               # Token ID, or an unambiguous prefix
  ]

  def "nu-complete tokscope tokens refresh store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens refresh color" [] {
    [ "auto" "always" "never" ]
  }

  # Refresh a stored token now
  export extern "tokscope tokens refresh" [
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens refresh store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --accept-more             # Accept a token that was granted more scopes than the old one
    --secret-env: string      # Environment variable with the client's secret, for a token that was obtained without a manifest
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens refresh color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    id: string                # Token ID, or an unambiguous prefix
  ]

  def "nu-complete tokscope tokens revoke store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens revoke color" [] {
    [ "auto" "always" "never" ]
  }

  # Revoke tokens at their authorization server, then forget them
  export extern "tokscope tokens revoke" [
    --all                     # All stored tokens
    --yes(-y)                 # Do not ask for confirmation
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens revoke store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --learn-narrowing         # First test whether a refresh for fewer scopes costs the grant at this server, and remember it
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens revoke color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    ...ids: string            # Token IDs, or unambiguous prefixes
  ]

  def "nu-complete tokscope tokens forget store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens forget color" [] {
    [ "auto" "always" "never" ]
  }

  # Delete stored tokens without revoking them
  export extern "tokscope tokens forget" [
    --all                     # All stored tokens
    --yes(-y)                 # Do not ask for confirmation
    --json                    # Print JSON (tokscope.tokens/v1)
    --store: string@"nu-complete tokscope tokens forget store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens forget color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    ...ids: string            # Token IDs, or unambiguous prefixes
  ]

  def "nu-complete tokscope tokens review format" [] {
    [ "text" "json" "csv" "markdown" "sarif" ]
  }

  def "nu-complete tokscope tokens review fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope tokens review sql" [] {
    [ "duckdb" "clickhouse" ]
  }

  def "nu-complete tokscope tokens review store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope tokens review color" [] {
    [ "auto" "always" "never" ]
  }

  # Compare granted with used scopes, and name what to narrow or revoke
  export extern "tokscope tokens review" [
    --log: path               # Log of requests: common, combined or JSON lines, an OTLP file, or a HAR file (repeatable)
    --format: string@"nu-complete tokscope tokens review format" # Output format; json is tokscope.review/v1
    --json                    # Same as --format json
    --fail-on: string@"nu-complete tokscope tokens review fail_on" # Exit with code 6 if there is a finding of this severity or above
    --off: string             # Leave out findings with this code (repeatable)
    --apply                   # Narrow, replace and revoke as proposed, after a prompt for each token. A token is only revoked once a call with its replacement succeeded
    --sql: string@"nu-complete tokscope tokens review sql" # Print SQL that reviews the logs inside a database, with the manifest as tables; --log names the files as the database finds them
    --yes(-y)                 # With --apply, do not ask
    --no-browser              # With --apply, print the sign-in URL instead of opening a browser
    --store: string@"nu-complete tokscope tokens review store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope tokens review color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope tokens help" [
  ]

  # List stored tokens: issuer, client, scopes, expiry, last use
  export extern "tokscope tokens help list" [
  ]

  # Show everything about a stored token except the token itself
  export extern "tokscope tokens help show" [
  ]

  # Ask the authorization server whether a token is active, and for its scopes
  export extern "tokscope tokens help introspect" [
  ]

  # Refresh a stored token now
  export extern "tokscope tokens help refresh" [
  ]

  # Revoke tokens at their authorization server, then forget them
  export extern "tokscope tokens help revoke" [
  ]

  # Delete stored tokens without revoking them
  export extern "tokscope tokens help forget" [
  ]

  # Compare granted with used scopes, and name what to narrow or revoke
  export extern "tokscope tokens help review" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope tokens help help" [
  ]

  def "nu-complete tokscope trust color" [] {
    [ "auto" "always" "never" ]
  }

  # Trust the issuers and origins that a manifest names
  export extern "tokscope trust" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope trust color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --yes(-y)                 # Do not ask for confirmation
  ]

  def "nu-complete tokscope trust list color" [] {
    [ "auto" "always" "never" ]
  }

  # List trusted manifests
  export extern "tokscope trust list" [
    --json                    # Print JSON (tokscope.trust/v1)
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope trust list color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope trust revoke color" [] {
    [ "auto" "always" "never" ]
  }

  # Withdraw trust from a manifest
  export extern "tokscope trust revoke" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope trust revoke color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    fingerprint?: string      # Fingerprint prefix, as printed by `list` [default: the current manifest]
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope trust help" [
  ]

  # List trusted manifests
  export extern "tokscope trust help list" [
  ]

  # Withdraw trust from a manifest
  export extern "tokscope trust help revoke" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope trust help help" [
  ]

  def "nu-complete tokscope approve color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope approve store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Approve requests of others, and request approvals
  export extern "tokscope approve" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope approve color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --add: path               # Add a reply to the request that it belongs to; `-` for stdin (repeatable)
    --list                    # List the requests on this machine
    --show: string            # Print a request, to be sent
    --request                 # Make a request, and print it
    --emergency: string       # Go ahead for 15 minutes before the approval, if the approvers permit that in an emergency
    --end: string             # End an approval, or all whose window has ended, and revoke their tokens
    --forget                  # Remove requests that have ended
    --key: path               # SSH key to sign with [default: the key in ~/.ssh or the agent that the manifest lists]
    --refuse: string          # Refuse the request, with a reason
    --yes(-y)                 # Do not ask for confirmation
    --despite-differences     # With --yes: approve although the request differs from this manifest
    --endpoint(-e): string    # Endpoint: a method and path, a URL, or a template of the manifest (repeatable)
    --scope: string           # Additional scope (repeatable)
    --api: string             # API to use, if several match
    --client: string          # Client to use, if the manifest has several
    --reason: string          # Why it is needed
    --for: string             # Length of the window, such as 2h [default: 8h]
    --from: string            # Begin of the window [default: now]
    --uses: string            # Number of uses, or `any`: tokens obtained above the ceiling, and calls that a rule wants approved
    --json                    # Print JSON (tokscope.approve/v1)
    --store: string@"nu-complete tokscope approve store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    file?: path               # Request to approve; `-` for stdin
  ]

  def "nu-complete tokscope call color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope call grant" [] {
    [ "authorization_code" "device_code" "client_credentials" "token_exchange" "jwt_bearer" ]
  }

  def "nu-complete tokscope call store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Call an endpoint, and name the missing scope if it fails
  export extern "tokscope call" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope call color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --mcp: string             # URL of a Model Context Protocol server. ENDPOINT is then a method such as `tools/list` or `tools/call`, and --data its arguments. If the manifest does not know the server, its challenge leads to its authorization server, where a client is registered after you confirm
    --client-id: string       # With --mcp and a server that the manifest does not know, use this registered client instead of registering one
    --client-document: string # With --mcp and a server that the manifest does not know: `https` URL of a client ID metadata document that you publish. Where the server accepts such documents, no client is registered
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --client: string          # Client to use, if the manifest has several
    --grant: string@"nu-complete tokscope call grant" # Grant type [default: the first in the client's `grants`]
    --no-browser              # Print the sign-in URL instead of opening a browser
    --paste                   # Paste the URL that the browser is redirected to, for a browser on another machine (SSH)
    --acr-values: string      # Authentication context that the API requires: `acr_values` (RFC 9470)
    --max-age: string         # Maximum age of the sign-in, in seconds: `max_age` (RFC 9470)
    --subject: path           # Subject token for a token exchange, or ID token for an identity provider: a file, or `-` for stdin
    --accept-more             # Accept a token that was granted more scopes than requested
    --store: string@"nu-complete tokscope call store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --param(-p): string       # Value of a path parameter
    --query(-Q): string       # Query parameter
    --header(-H): string      # Request header
    --data(-d): string        # Request body
    --yes(-y)                 # Do not ask for confirmation
    --step-up                 # If a scope or a stronger sign-in is missing, obtain it and call again, once
    --dry-run                 # Print the request as a `curl` command with a placeholder for the token, and send nothing. Needs no trust
    --output(-o): path        # Write the response body to a file
    --include(-i)             # Show response headers and timing on stderr
    --pretty                  # Pretty-print a JSON body (default on a terminal)
    --http1                   # Use HTTP/1.1 only
    --http2                   # Use HTTP/2 only, with prior knowledge if the URL is not https
    --timeout: string         # Timeout in seconds
    --max-size: string        # Maximum size of the response body, in bytes
    --api: string             # API to use, if several match
    --json                    # Print JSON (tokscope.call/v1)
    endpoint: string          # Endpoint: a method and path, as one word or two, or a URL. Without a method, GET
    name?: string             # Path, if ENDPOINT is only a method; with --mcp, the name of the tool or prompt
  ]

  def "nu-complete tokscope gateway color" [] {
    [ "auto" "always" "never" ]
  }

  # Let a program call APIs without ever holding a token
  export extern "tokscope gateway" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway run store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope gateway run color" [] {
    [ "auto" "always" "never" ]
  }

  # Run a command with a gateway in front of its APIs
  export extern "tokscope gateway run" [
    --client: string          # Client to use, if several match
    --api: string             # Only this API [default: every API of the manifest]
    --observe                 # Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token
    --enforce                 # Deny what the manifest does not allow [default]
    --accept-more             # Accept a token that was granted more scopes than requested
    --origin: string          # Origin whose web pages may call the gateway (repeatable)
    --idle-timeout: string    # Seconds without any data after which a request ends; event streams have no limit
    --store: string@"nu-complete tokscope gateway run store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway run color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway serve store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope gateway serve color" [] {
    [ "auto" "always" "never" ]
  }

  # Keep a gateway running until it is stopped
  export extern "tokscope gateway serve" [
    --client: string          # Client to use, if several match
    --api: string             # Only this API [default: every API of the manifest]
    --observe                 # Send and record requests that the policy denies or that match no endpoint, which get the broadest stored token
    --enforce                 # Deny what the manifest does not allow [default]
    --accept-more             # Accept a token that was granted more scopes than requested
    --origin: string          # Origin whose web pages may call the gateway (repeatable)
    --idle-timeout: string    # Seconds without any data after which a request ends; event streams have no limit
    --store: string@"nu-complete tokscope gateway serve store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --listen: string          # Address for an API: `API=ADDRESS:PORT`, or `ADDRESS:PORT` if there is only one (repeatable) [default: a free port on 127.0.0.1 for each API]
    --sockets: path           # Also listen on a Unix socket `API.sock` for each API, in this directory, which is made private
    --name: string            # Name of the gateway, for `status`, `env`, `reload` and `stop`
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway serve color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway status color" [] {
    [ "auto" "always" "never" ]
  }

  # Describe a running gateway, as JSON (tokscope.gateway-status/v1)
  export extern "tokscope gateway status" [
    --name: string            # Name of the gateway
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway status color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway env color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the variables for callers of a running gateway, for `eval`
  export extern "tokscope gateway env" [
    --name: string            # Name of the gateway
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway env color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway reload color" [] {
    [ "auto" "always" "never" ]
  }

  # Make a running gateway use the changed manifest, even if it allows more
  export extern "tokscope gateway reload" [
    --name: string            # Name of the gateway
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway reload color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway stop color" [] {
    [ "auto" "always" "never" ]
  }

  # Stop a running gateway
  export extern "tokscope gateway stop" [
    --name: string            # Name of the gateway
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway stop color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope gateway learn least" [] {
    [ "upper-bound" "proven" "stated" ]
  }

  def "nu-complete tokscope gateway learn color" [] {
    [ "auto" "always" "never" ]
  }

  # Learn endpoints and their scopes from traffic
  export extern "tokscope gateway learn" [
    --api: string             # Only this API
    --since: string           # Earliest record of the audit log: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d
    --template: string        # Template that paths are matched with, such as `/files/{name}` (repeatable)
    --least: string@"nu-complete tokscope gateway learn least" # Least certainty of a requirement that is added
    --write                   # Add the new endpoints to the manifest
    --ask                     # Ask about each new endpoint before it is added
    --json                    # Print JSON (tokscope.gateway-learn/v1)
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway learn color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    ...files: path            # HAR file, or access log: common, combined or JSON lines, or an OTLP file; `-` for stdin
  ]

  def "nu-complete tokscope gateway authorize adapter" [] {
    [ "forwarded" "native" ]
  }

  def "nu-complete tokscope gateway authorize color" [] {
    [ "auto" "always" "never" ]
  }

  # Decide about requests that a proxy asks about
  export extern "tokscope gateway authorize" [
    --adapter: string@"nu-complete tokscope gateway authorize adapter" # How the proxy passes on the client's method and target
    --path-prefix: string     # Prefix of the target with `--adapter native`, as in the proxy's configuration
    --listen: string          # Address to listen on; port 0 means any free one
    --api: string             # API whose requests are decided about, if the manifest has several
    --keys: string            # Keys that verify tokens: a URL or a file [default: those of the API's issuer]
    --environment: string     # Label of the environment, for policies, such as `production`
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope gateway authorize color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope gateway help" [
  ]

  # Run a command with a gateway in front of its APIs
  export extern "tokscope gateway help run" [
  ]

  # Keep a gateway running until it is stopped
  export extern "tokscope gateway help serve" [
  ]

  # Describe a running gateway, as JSON (tokscope.gateway-status/v1)
  export extern "tokscope gateway help status" [
  ]

  # Print the variables for callers of a running gateway, for `eval`
  export extern "tokscope gateway help env" [
  ]

  # Make a running gateway use the changed manifest, even if it allows more
  export extern "tokscope gateway help reload" [
  ]

  # Stop a running gateway
  export extern "tokscope gateway help stop" [
  ]

  # Learn endpoints and their scopes from traffic
  export extern "tokscope gateway help learn" [
  ]

  # Decide about requests that a proxy asks about
  export extern "tokscope gateway help authorize" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope gateway help help" [
  ]

  def "nu-complete tokscope probe color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope probe format" [] {
    [ "text" "json" "junit" "sarif" ]
  }

  def "nu-complete tokscope probe fail_on" [] {
    [ "info" "warning" "error" ]
  }

  def "nu-complete tokscope probe store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  # Test what a token can access, and what the API enforces
  export extern "tokscope probe" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope probe color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --client: string          # Client that obtains tokens lacking one required scope each
    --endpoint(-e): string    # Only this endpoint, whatever its method (repeatable)
    --param(-p): string       # Value of a path parameter, wherever it occurs
    --engine: string          # Test the proxy at this URL with tokens of every kind, signed with --sign-key
    --sign-key: path          # Private key in PEM that the engine accepts for the API's issuer
    --api: string             # API to use, if several match
    --rate: string            # Maximum calls per second
    --most: string            # Maximum number of calls
    --yes(-y)                 # Do not ask for confirmation
    --state: path             # File that records completed calls, so that the next run continues after them
    --format: string@"nu-complete tokscope probe format" # Output format
    --fail-on: string@"nu-complete tokscope probe fail_on" # Exit with code 6 if there is a finding of this severity or above
    --store: string@"nu-complete tokscope probe store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
  ]

  def "nu-complete tokscope audit color" [] {
    [ "auto" "always" "never" ]
  }

  # Read, verify, sign and export the audit log
  export extern "tokscope audit" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit log color" [] {
    [ "auto" "always" "never" ]
  }

  # List records, the latest last
  export extern "tokscope audit log" [
    --since: string           # Earliest time: RFC 3339, a date, or a duration before now such as 90m, 24h or 7d
    --until: string           # Latest time, in the same forms
    --client: string          # Client in the manifest
    --endpoint(-e): string    # Endpoint, or a part of it
    --scope: string           # Scope that was required, requested, granted or used
    --event: string           # Event such as token.used, or a group such as token (repeatable)
    --outcome: string         # Outcome: ok, denied, refused, failed or unknown (repeatable)
    --token: string           # Beginning of the fingerprint or ID of a token
    --json                    # Print the lines of the log as they are (JSON Lines)
    --follow(-f)              # Wait for new records
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit log color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit verify store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope audit verify color" [] {
    [ "auto" "always" "never" ]
  }

  # Verify that no record was changed, inserted or removed
  export extern "tokscope audit verify" [
    --checkpoint: path        # Checkpoint that was printed earlier by `audit checkpoint` (repeatable)
    --json                    # Print JSON (tokscope.audit/v1)
    --store: string@"nu-complete tokscope audit verify store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit verify color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit export color" [] {
    [ "auto" "always" "never" ]
  }

  # Pass records to other programs: OTLP, OCSF, JSON Lines
  export extern "tokscope audit export" [
    --otlp: string            # Send OTLP logs in JSON to this URL; without a path, to its `/v1/logs`
    --ocsf                    # Print OCSF 1.8 events as JSON Lines
    --jsonl                   # Print the lines of the log as they are, up to the last complete one
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit export color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit checkpoint store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope audit checkpoint color" [] {
    [ "auto" "always" "never" ]
  }

  # Print a signed checkpoint, to be kept on another machine
  export extern "tokscope audit checkpoint" [
    --store: string@"nu-complete tokscope audit checkpoint store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit checkpoint color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit accept store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope audit accept color" [] {
    [ "auto" "always" "never" ]
  }

  # Continue a log that was damaged, shortened, replaced or removed
  export extern "tokscope audit accept" [
    --yes(-y)                 # Do not ask for confirmation
    --store: string@"nu-complete tokscope audit accept store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit accept color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit prune store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope audit prune color" [] {
    [ "auto" "always" "never" ]
  }

  # Remove old segments of the log
  export extern "tokscope audit prune" [
    --older-than: string      # Remove segments whose records are all older than this number of days
    --yes(-y)                 # Do not ask for confirmation
    --store: string@"nu-complete tokscope audit prune store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit prune color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope audit erase store" [] {
    [ "keyring" "passphrase" "memory" ]
  }

  def "nu-complete tokscope audit erase color" [] {
    [ "auto" "always" "never" ]
  }

  # Remove the pseudonyms of a user, so that no record can be assigned to them any more
  export extern "tokscope audit erase" [
    --yes(-y)                 # Do not ask for confirmation
    --store: string@"nu-complete tokscope audit erase store" # Where tokens are stored: a file encrypted with a key from the system's keyring or from a passphrase, or memory only [default: as the vault was created, otherwise keyring]
    --passphrase-file: path   # File whose first line is the vault's passphrase; `/dev/fd/3` reads a file descriptor
    --trust-manifest          # Trust the manifest's issuers and origins for this run only
    --no-interact             # Never prompt; exit with code 5 where a user is needed. Implied when CI is set
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope audit erase color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    name: string              # Name of the user on this machine
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope audit help" [
  ]

  # List records, the latest last
  export extern "tokscope audit help log" [
  ]

  # Verify that no record was changed, inserted or removed
  export extern "tokscope audit help verify" [
  ]

  # Pass records to other programs: OTLP, OCSF, JSON Lines
  export extern "tokscope audit help export" [
  ]

  # Print a signed checkpoint, to be kept on another machine
  export extern "tokscope audit help checkpoint" [
  ]

  # Continue a log that was damaged, shortened, replaced or removed
  export extern "tokscope audit help accept" [
  ]

  # Remove old segments of the log
  export extern "tokscope audit help prune" [
  ]

  # Remove the pseudonyms of a user, so that no record can be assigned to them any more
  export extern "tokscope audit help erase" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope audit help help" [
  ]

  def "nu-complete tokscope demo color" [] {
    [ "auto" "always" "never" ]
  }

  # Run a guided demo on a local authorization server and API
  export extern "tokscope demo" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope demo color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --serve                   # Keep the servers running, and print a manifest to use them with
    --port: string            # With --serve, port of the authorization server; the API gets the next one, and 0 means any free ports [default: 8421, or free ports if it is in use]
    --write: path             # With --serve, write the manifest `tokscope.toml` and the secret of its client `ci` to this directory instead of printing them, and trust the manifest. Another manifest is never overwritten
    --text                    # Print the demo as text, even on a terminal
    --gateway                 # Run a small program behind a gateway, and print what was narrowed, denied and learned
    --gateway-program         # The small program of --gateway
    --json                    # With --serve, print JSON (tokscope.demo/v1)
    --theme: string           # Theme: dark, light, mono, contrast-dark, contrast-light, colorblind-dark, colorblind-light, or the NAME of a file `tokscope/themes/NAME.toml` in your configuration directory [default: dark or light, whichever suits the terminal; mono with `NO_COLOR`]
    --ascii                   # Draw borders and marks in ASCII
    --token: string           # Read the token from stdin; only `-` is accepted
    --token-file: path        # Read the token from a file; `-` for stdin
    --token-env: string       # Read the token from an environment variable
    --keys: string            # Feed these keys first, such as `j<enter><ctrl-p><wait>`
    --print: string           # Print one frame as text after the keys, and exit [default size: 120x36]
  ]

  def "nu-complete tokscope sign color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope sign alg" [] {
    [ "ES256" "ES384" "EdDSA" "RS256" ]
  }

  # Make a test token, for tests of an API
  export extern "tokscope sign" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope sign color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --scope: string           # Scopes: the claim `scope`, separated by spaces (repeatable)
    --audience: string        # Audience: the claim `aud` (repeatable)
    --issuer: string          # Issuer: the claim `iss` [default: `https://tokscope.invalid`]
    --subject: string         # Subject: the claim `sub` [default: test-user]
    --expires-in: string      # Lifetime, such as `5m` or `2h` [default: 1h]
    --claim: string           # Claim: JSON if it can be parsed as such, otherwise a string; `null` removes the claim (repeatable)
    --claims: path            # File with claims, a JSON object
    --header: string          # Header parameter, as for `--claim` (repeatable)
    --typ: string             # Token type: the header parameter `typ` [default: at+jwt]
    --key: path               # Private key that signs, in PEM: P-256, P-384, Ed25519 or RSA
    --secret-file: path       # File with the shared secret that signs with HS256
    --secret-env: string      # Environment variable with the shared secret that signs with HS256
    --algorithm: string@"nu-complete tokscope sign alg" # Algorithm of a generated key [default: ES256]
    --alg: string@"nu-complete tokscope sign alg" # Algorithm of a generated key [default: ES256]
    --save-key: path          # Write the generated private key to this file, in PEM; an existing file is never overwritten
    --jwks: path              # Write the public key set (JWKS) to this file
    --json                    # Print JSON with the token and the public key set (tokscope.sign/v1)
  ]

  def "nu-complete tokscope mcp color" [] {
    [ "auto" "always" "never" ]
  }

  # Serve read-only tools to coding agents, over stdio (MCP)
  export extern "tokscope mcp" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope mcp color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
  ]

  def "nu-complete tokscope completions color" [] {
    [ "auto" "always" "never" ]
  }

  def "nu-complete tokscope completions shell" [] {
    [ "bash" "elvish" "fish" "nushell" "powershell" "zsh" ]
  }

  # Print shell completions
  export extern "tokscope completions" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope completions color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --dynamic                 # Print a script that asks tokscope while you type: it also completes the endpoints, scopes and clients of the manifest and the IDs of stored tokens. Nothing is sent or decrypted. Load it at the start of the shell
    shell: string@"nu-complete tokscope completions shell" # Shell
  ]

  def "nu-complete tokscope man color" [] {
    [ "auto" "always" "never" ]
  }

  # Print a manual page
  export extern "tokscope man" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope man color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    --output: path            # Write the pages of all commands to this directory, which must exist
    ...path: string           # Command to document, such as `decode` or `manifest import` [default: tokscope itself]
  ]

  def "nu-complete tokscope browse color" [] {
    [ "auto" "always" "never" ]
  }

  # Open a URL in the browser, without secrets in its environment
  export extern "tokscope browse" [
    --manifest: path          # Manifest file [default: the nearest `tokscope.toml`, searching upwards from the working directory]
    --ca-file: path           # Additional CA certificates to trust, in PEM
    --color: string@"nu-complete tokscope browse color" # Style output with colors: auto (on a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` styles any output), always or never
    --help(-h)                # Print help; `-h` prints a summary
    url: string               # URL to open
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope help" [
  ]

  # Decode a token, and optionally verify it
  export extern "tokscope help decode" [
  ]

  # Explain a finding, claim, header, algorithm, token type or error
  export extern "tokscope help explain" [
  ]

  # Explain a failed call from curl output, a HAR file or a log
  export extern "tokscope help why" [
  ]

  # Find the least privileged scopes for a set of endpoints
  export extern "tokscope help scopes" [
  ]

  # Compare a token's scopes with those an endpoint requires
  export extern "tokscope help check" [
  ]

  # Create, check, compare and export the manifest
  export extern "tokscope help manifest" [
  ]

  # Explain what the policy of the manifest decides
  export extern "tokscope help policy" [
  ]

  # Discover an API's authorization server and its capabilities
  export extern "tokscope help discover" [
  ]

  # Set up a manifest: for an API, an issuer or a provider
  export extern "tokscope help init" [
  ]

  # Obtain a token with exactly the scopes the endpoints need
  export extern "tokscope help login" [
  ]

  # Print a valid token for the endpoints, stored or new
  export extern "tokscope help token" [
  ]

  # Run a command with a valid token in its environment
  export extern "tokscope help exec" [
  ]

  # Manage stored tokens: list, show, refresh, revoke, forget, review
  export extern "tokscope help tokens" [
  ]

  # Trust the issuers and origins that a manifest names
  export extern "tokscope help trust" [
  ]

  # Approve requests of others, and request approvals
  export extern "tokscope help approve" [
  ]

  # Call an endpoint, and name the missing scope if it fails
  export extern "tokscope help call" [
  ]

  # Let a program call APIs without ever holding a token
  export extern "tokscope help gateway" [
  ]

  # Test what a token can access, and what the API enforces
  export extern "tokscope help probe" [
  ]

  # Read, verify, sign and export the audit log
  export extern "tokscope help audit" [
  ]

  # Run a guided demo on a local authorization server and API
  export extern "tokscope help demo" [
  ]

  # Make a test token, for tests of an API
  export extern "tokscope help sign" [
  ]

  # Serve read-only tools to coding agents, over stdio (MCP)
  export extern "tokscope help mcp" [
  ]

  # Print shell completions
  export extern "tokscope help completions" [
  ]

  # Print a manual page
  export extern "tokscope help man" [
  ]

  # Open a URL in the browser, without secrets in its environment
  export extern "tokscope help browse" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "tokscope help help" [
  ]

}

export use completions *
