//! Oddities of real API descriptions, in descriptions written for these tests.

use proptest::prelude::*;

use super::*;
use crate::scope::Requirement;

fn read(source: &str, options: &Options) -> Result<Import, ImportError> {
    let mut files = |path: &str| match path {
        "operations/list.yaml" => {
            Ok(b"summary: List\nsecurity: [{bearer: [a:read]}]\nparameters: [{$ref: '../common.yaml#/x'}]".to_vec())
        }
        "common.yaml" => Ok(b"item: {get: {security: [{oauth: [b]}]}}\nscheme: {type: oauth2, flows: {}}".to_vec()),
        _ => Err(format!("`{path}` does not exist")),
    };
    import("api.yaml", source.as_bytes(), options, &mut files)
}

/// Returns the endpoints with their requirements, and the codes of the findings.
fn shown(source: &str, options: &Options) -> (String, String) {
    let import = read(source, options).unwrap_or_else(|error| panic!("{error}: {source}"));
    let endpoint = |endpoint: &ImportedEndpoint| {
        let optional = if endpoint.optional { "optional " } else { "" };
        format!("{endpoint}: {optional}{}", Requirement::any_of(endpoint.alternatives.clone()).unwrap())
    };
    let lines: Vec<String> = import.apis.iter().flat_map(|api| &api.endpoints).map(endpoint).collect();
    let codes: Vec<&str> = import.findings.iter().map(|finding| finding.code.name).collect();
    (lines.join("; "), codes.join(" "))
}

/// An OpenAPI description with an OAuth scheme, an API key, a bearer scheme and the given paths.
fn openapi(rest: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nservers: [{{url: 'https://a.test'}}]\ncomponents:\n  \
         securitySchemes:\n    oauth: {{type: oauth2, flows: {{implicit: {{scopes: {{a: A, b: B, 'a:read': R, none: No scope \
         required}}}}}}}}\n    key: {{type: apiKey}}\n    bearer: {{type: http, scheme: bearer}}\n{rest}"
    )
}

#[test]
fn openapi_security_requirements_are_imported() {
    for (paths, lines, codes) in [
        ("paths: {/x: {get: {security: [{oauth: [a]}]}}}", "GET /x: a", ""),
        ("paths: {/x: {get: {security: [{oauth: [a, b]}]}}}", "GET /x: all of a b", "list-unclear reading-inferred"),
        // alternatives, and schemes that are required together
        ("paths: {/x: {get: {security: [{oauth: [a]}, {oauth: [b]}]}}}", "GET /x: any of a | b", ""),
        ("paths: {/x: {get: {security: [{oauth: [a], key: []}]}}}", "GET /x: a", ""),
        ("paths: {/x: {get: {security: [{key: []}, {oauth: [a]}]}}}", "GET /x: a", ""),
        ("paths: {/x: {get: {security: [{key: []}]}}}", "GET /x: no scope", "credential-other"),
        // the description's own requirement, and operations without one
        ("security: [{oauth: [a]}]\npaths: {/x: {get: {}, put: {security: []}}}", "GET /x: a; PUT /x: no scope", ""),
        ("security: [{}]\npaths: {/x: {get: {}}}", "GET /x: no scope", ""),
        ("paths: {/x: {get: {security: [{}, {oauth: [a]}]}}}", "GET /x: optional a", "security-optional"),
        ("paths: {/x: {get: {security: [{oauth: []}]}}}", "GET /x: no scope", "scheme-empty"),
        ("paths: {/x: {get: {security: [{oauth: [none]}]}}}", "GET /x: no scope", "scope-means-none"),
        // requirements that are not quite as the specification says
        ("paths: {/x: {get: {security: [oauth]}}}", "GET /x: no scope", "security-malformed scheme-empty"),
        ("paths: {/x: {get: {security: [a]}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [oauth, {oauth: [a]}]}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [{zz: []}, {oauth: [a]}]}}}", "GET /x: a", "scheme-undefined"),
        (
            "paths: {/x: {get: {security: oauth}}}",
            "GET /x: no scope",
            "security-malformed security-malformed scheme-empty",
        ),
        ("paths: {/x: {get: {security: {oauth: [a]}}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [[{oauth: [a]}]]}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [[{oauth: [a]}, {oauth: [b]}]]}}}", "", "operation-skipped"),
        ("paths: {/x: {get: {security: [{oauth: a}]}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [{oauth: [[a]]}]}}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: [{oauth: [a, ~]}]}}}", "GET /x: a", "security-malformed"),
        (
            "paths: {/x: {get: {security: [{oauth: 'a,b'}]}}}",
            "GET /x: all of a b",
            "security-malformed list-unclear reading-inferred",
        ),
        ("paths: {/x: {get: {security: [{oauth: {a: b}}]}}}", "", "scheme-empty operation-skipped"),
        ("paths: {/x: {get: {security: [true]}}}", "", "operation-skipped"),
        ("paths: {/x: {get: {security: [~]}}}", "", "security-malformed operation-skipped"),
        (
            "paths: {/x: {get: {security: 7}}}",
            "GET /x: no scope",
            "security-malformed security-malformed scheme-undefined",
        ),
        ("security: [{oauth: [a]}]\npaths: {/x: {get: {security: }}}", "GET /x: a", "security-malformed"),
        ("paths: {/x: {get: {security: {$ref: '#/req'}}}}\nreq: [{oauth: [a]}]", "GET /x: a", ""),
        (
            "paths: {/x: {security: [{oauth: [a]}], get: {}, put: {security: []}}}",
            "GET /x: a; PUT /x: no scope",
            "security-misplaced",
        ),
        ("paths: {security: [{oauth: [a]}], /x: {get: {}}}", "GET /x: no scope", "security-misplaced"),
        ("paths: {/x: {GET: {security: [{oauth: [a]}]}}}", "GET /x: a", "method-case"),
        ("paths: {/x: {gett: {responses: {}}, parameter: []}}", "", "field-unknown operation-skipped"),
        // an OAuth alternative beside the list of another scheme, and in the same requirement
        ("paths: {/x: {get: {security: [{key: [role]}, {oauth: [a]}]}}}", "GET /x: a", "scheme-other"),
        ("paths: {/x: {get: {security: [{key: [role], oauth: [a]}]}}}", "GET /x: a", "scheme-other"),
        ("paths: {/x: {get: {security: [{oauth: [a]}, {bearer: [b]}]}}}", "GET /x: a", "scheme-other"),
        // a scheme by its URI
        ("paths: {/x: {get: {security: [{'#/components/securitySchemes/oauth': [a]}]}}}", "GET /x: a", ""),
        (
            "$self: https://a.test/d\npaths: {/x: {get: {security: [{'https://a.test/d#/components/securitySchemes/oauth': [a]}]}}}",
            "GET /x: a",
            "",
        ),
        ("paths: {/x: {get: {security: [{'common.yaml#/scheme': [b]}]}}}", "GET /x: b", ""),
        // scopes on schemes that should have none
        ("paths: {/x: {get: {security: [{bearer: [a]}]}}}", "GET /x: a", "scheme-other"),
        ("paths: {/x: {get: {security: [{gone: [a]}]}}}", "GET /x: a", "scheme-undefined"),
        ("paths: {/x: {get: {security: [{oauth: [c]}]}}}", "GET /x: c", "scope-not-in-catalogue"),
        ("paths: {/x: {get: {security: [{oauth: ['c.*']}]}}}", "GET /x: c.*", "scope-not-in-catalogue scope-pattern"),
        ("paths: {/x: {get: {security: [{oauth: [a, a]}]}}}", "GET /x: a", ""),
        ("paths: {/x: {get: {security: [{oauth: ['ä']}]}}}", "", "operation-skipped"),
        // extensions
        ("paths: {/x: {get: {x-scopes: [a]}}}", "GET /x: a", ""),
        ("paths: {/x: {get: {x-cfPermissionsRequired: {enum: [a, b]}}}}", "GET /x: any of a | b", ""),
        (
            "paths: {/x: {get: {x-atlassian-oauth2-scopes: [{state: Current, scopes: [a]}, {state: Beta, scopes: [b]}]}}}",
            "GET /x: a",
            "extension-unused",
        ),
        ("paths: {/x: {get: {x-scopes: [b], security: [{oauth: [a]}]}}}", "GET /x: a", ""),
        (
            "paths: {/x: {get: {x-kong-security-openid-connect: {config: {scopes_required: ['a b', 'a:read']}}}}}",
            "GET /x: any of a b | a:read",
            "",
        ),
        (
            "x-kong-plugin-openid-connect: {config: {scopes_required: [a, b]}}\npaths: {/x: {get: {}}}",
            "GET /x: any of a | b",
            "",
        ),
        (
            "paths: {/x: {x-amazon-apigateway-any-method: {security: [{oauth: [a]}]}, get: {}, options: {}, put: {}, patch: {}, head: {}}}",
            "GET /x: no scope; OPTIONS /x: no scope; PUT /x: no scope; PATCH /x: no scope; HEAD /x: no scope; POST /x: a; DELETE /x: a",
            "method-any",
        ),
        ("paths: {'/{proxy+}': {get: {}}}", "GET /{+proxy}: no scope", "template-adapted"),
        // scopes in texts
        ("paths: {/x: {get: {description: 'Required scope: `x.read`'}}}", "GET /x: no scope", "scope-in-prose"),
        (
            "paths: {/x: {get: {responses: {403: {description: 'The token lacks the scope `x.read`'}}}}}",
            "GET /x: no scope",
            "scope-in-prose",
        ),
        (
            "tags: [{name: x, description: 'Needs the OAuth scope `x.read`'}]\npaths: {/x: {get: {}}}",
            "GET /x: no scope",
            "scope-in-prose",
        ),
        // programs that write descriptions
        (
            "servers: [{url: 'https://a.test', description: Generated server url}]\npaths: {/x: {get: {}}}",
            "GET /x: no scope",
            "emitter",
        ),
        ("x-google-endpoints: []\npaths: {/x: {get: {security: [{oauth: [a]}]}}}", "GET /x: a", "emitter-unenforced"),
        // references, to files too
        ("paths: {/x: {get: {$ref: operations/list.yaml}}}", "GET /x: a:read", "scheme-other"),
        ("paths: {/x: {$ref: 'common.yaml#/item'}}", "GET /x: b", ""),
        ("paths: {/x: {$ref: 'common.yaml#/item', put: {security: [{oauth: [a]}]}}}", "GET /x: b; PUT /x: a", ""),
        ("paths: {/x: {get: {$ref: gone.yaml}}, /y: {get: {}}}", "GET /y: no scope", "operation-skipped"),
        ("paths: {/x: {$ref: '#/paths/~1x'}}", "", "operation-skipped"),
        ("paths: {$ref: 'https://evil.test/paths'}", "", "reference-broken"),
        // paths
        ("paths: {'/x/{a}': {get: {}}, '/x/{b}': {get: {}}}", "GET /x/{a}: no scope", "template-ambiguous"),
        (
            "paths: {'/x/{a}': {get: {x-scopes: [a]}}, '/x/{b}': {get: {x-scopes: [b]}}}",
            "GET /x/{a}: all of a b",
            "template-ambiguous",
        ),
        ("paths: {'/x/{a}/{a}': {get: {}}}", "GET /x/{a}/{a2}: no scope", "template-adapted"),
        ("paths: {'/x#one': {get: {}}, '/x#two': {get: {}}}", "GET /x#one: no scope; GET /x#two: no scope", ""),
        ("paths: {'/x/{}': {get: {}}, x-y: {get: {}}}", "", "operation-skipped"),
        ("paths:\n  /x: {get: {}}\n  /x: {put: {}}", "GET /x: no scope; PUT /x: no scope", "key-duplicate"),
        // methods
        (
            "paths: {/x: {query: {}, parameters: [], summary: S, additionalOperations: {COPY: {}}}}",
            "QUERY /x: no scope; COPY /x: no scope",
            "",
        ),
        ("webhooks: {w: {post: {}}}\npaths: {}", "", "webhooks-skipped"),
    ] {
        let (found, found_codes) = shown(&openapi(paths), &Options::default());
        assert_eq!((found.as_str(), found_codes.as_str()), (lines, codes), "{paths}");
    }
}

#[test]
fn the_requested_reading_is_used() {
    let source = openapi("paths: {/x: {get: {security: [{oauth: [a, b], gone: [c, d]}]}}}");
    for (reading, line) in
        [(ListMeaning::All, "GET /x: all of a b c d"), (ListMeaning::Any, "GET /x: any of a c | a d | b c | b d")]
    {
        assert_eq!(shown(&source, &Options { reading: Some(reading), ..Options::default() }).0, line);
    }
    let import = read(&source, &Options { reading: Some(ListMeaning::Any), ..Options::default() }).unwrap();
    assert_eq!((import.reading.reading, import.reading.inferred), (Some(ListMeaning::Any), false));
}

#[test]
fn each_server_becomes_an_api() {
    let source = openapi(
        "paths:\n  /x: {get: {x-scopes: [a]}}\n  /up: {servers: [{url: 'https://up.test/v1/'}], put: {x-scopes: [b]}}\n  \
         /y: {get: {servers: [{url: 'https://{tenant}.test'}]}}",
    );
    let import = read(&source, &Options::default()).unwrap();
    let apis: Vec<String> = import
        .apis
        .iter()
        .map(|api| {
            let scopes: Vec<&str> = api.scopes.iter().map(|scope| scope.scope.as_str()).collect();
            format!("{} {} [{}]", api.base_url, api.endpoints.len(), scopes.join(" "))
        })
        .collect();
    assert_eq!(
        apis,
        ["https://a.test 1 [a b a:read]", "https://up.test/v1 1 [b]", "https://tenant.test.invalid 1 []"],
        "the first API declares the whole catalogue"
    );
    let options = Options { base_url: Some("https://mine.test".to_owned()), ..Options::default() };
    assert_eq!(read(&source, &options).unwrap().apis[0].base_url, "https://mine.test");
}

#[test]
fn swagger_2_is_imported_in_any_member_order() {
    let source = r#"{"paths": {"/x": {"get": {"security": [{"o": ["chat:write:user", "chat:write:bot"]}]}}},
        "securityDefinitions": {"o": {"type": "oauth2", "scopes": {"chat:write:user": "", "chat:write:bot": ""}}},
        "host": "a.test", "basePath": "/api", "swagger": "2.0"}"#;
    let import = read(source, &Options::default()).unwrap();
    assert_eq!(import.format, "Swagger 2.0");
    assert_eq!((import.operations, import.scoped, import.reading.reading), (1, 1, Some(ListMeaning::Any)));
    assert_eq!(import.apis[0].base_url, "https://a.test/api");
}

#[test]
fn descriptions_are_imported_and_risks_inferred() {
    let source = "openapi: 3.0.0\ninfo: {title: \"T\\e[2J\"}\nservers: [{url: 'https://a.test'}]\npaths:\n  /x:\n    get: \
                  {summary: \"Read\\n x\", security: [{o: [x]}]}\n    delete: {description: \"Drop x.\\nFor good.\", security: \
                  [{o: [y]}]}\ncomponents: {securitySchemes: {o: {type: openIdConnect, openIdConnectUrl: \
                  'https://login.test/.well-known/openid-configuration', flows: {f: {scopes: {x: See\u{202e} x, 'z:read': \
                  ''}}}}}}";
    let import = read(source, &Options::default()).unwrap();
    assert_eq!(import.issuer.as_deref(), Some("https://login.test"));
    assert_eq!(import.title.as_deref(), Some("T\\u{1b}[2J"));
    let api = &import.apis[0];
    let summaries: Vec<_> = api.endpoints.iter().map(|endpoint| endpoint.summary.as_deref()).collect();
    assert_eq!(summaries, [Some("Read x"), Some("Drop x.")]);
    let scopes: Vec<_> = api
        .scopes
        .iter()
        .map(|scope| (scope.scope.as_str(), scope.description.as_deref(), scope.risk.map(Risk::as_str), scope.inferred))
        .collect();
    assert_eq!(
        scopes,
        [
            ("x", Some("See\\u{202e} x"), Some("low"), true),
            ("z:read", None, Some("low"), true),
            ("y", None, Some("critical"), true),
        ]
    );
}

#[test]
fn google_discovery_documents_are_imported() {
    let source = r#"{"kind": "discovery#restDescription", "title": "Drive", "rootUrl": "https://g.test/", "servicePath": "d/v1/",
        "auth": {"oauth2": {"scopes": {"https://g.test/auth/d": {"description": "All"}}}},
        "methods": {"about": {"httpMethod": "GET", "path": "about"}},
        "resources": {"files": {"methods": {
            "create": {"httpMethod": "POST", "path": "files", "scopes": ["https://g.test/auth/d", "b"],
                "mediaUpload": {"protocols": {"simple": {"path": "/upload/d/v1/files"}}}},
            "cancel": {"httpMethod": "POST", "path": "{+name}:cancel", "flatPath": "x/{id}:cancel", "scopes": ["b"]}},
          "resources": {"deep": {"methods": {
            "one": {"httpMethod": "GET", "path": "{+name}", "flatPath": "one/{id}", "scopes": ["b"]},
            "two": {"httpMethod": "GET", "path": "{+parent}", "flatPath": "two/{id}", "scopes": ["c"]}}}}}}}"#;
    let import = read(source, &Options { reading: Some(ListMeaning::All), ..Options::default() }).unwrap();
    assert_eq!((import.operations, import.scoped, import.reading.reading), (5, 4, Some(ListMeaning::Any)));
    let (lines, codes) = shown(source, &Options::default());
    assert_eq!(
        lines,
        "GET /about: no scope; POST /files: any of https://g.test/auth/d | b; POST /{+name}:cancel: b; GET /one/{id}: b; \
         GET /two/{id}: c; POST /files: any of https://g.test/auth/d | b"
    );
    assert_eq!(codes, "scope-not-in-catalogue scope-not-in-catalogue server-chosen");
    assert_eq!(import.apis[1].base_url, "https://g.test/upload/d/v1");
    assert!(import.findings.iter().any(|finding| finding.code.name == "reading-fixed"));
}

#[test]
fn graph_permissions_are_imported() {
    let source = r#"{"permissions": {
        "X.Read": {"schemes": {"DelegatedWork": {"adminDisplayName": "Read X", "privilegeLevel": 2}, "Application": {}},
            "pathSets": [{"schemeKeys": ["DelegatedWork", "Application"], "methods": ["GET"],
                "paths": {"/x/{id}/y/{id}": "least=Application", "/z(a={v}, b={v})": ""}}]},
        "X.Basic": {"schemes": {"DelegatedWork": {"privilegeLevel": 1}},
            "pathSets": [{"schemeKeys": ["DelegatedWork"], "methods": ["GET"],
                "paths": {"/x/{id}/y/{id}": "least=DelegatedWork;AlsoRequires=Y.Read,Y.All"}}]},
        "App.All": {"schemes": {"Application": {}}, "pathSets": [{"schemeKeys": ["Application"], "methods": ["POST"],
                "paths": {"/x": ""}}]},
        "Other.Read": {"schemes": {"DelegatedWork": {}}, "pathSets": [{"schemeKeys": ["DelegatedWork"], "methods": ["GET"],
                "paths": {"/X/{id}/Y/{id}": ""}}]}}}"#;
    let (lines, codes) = shown(source, &Options::default());
    assert_eq!(
        lines,
        "GET /X/{id}/Y/{id2}: any of X.Basic Y.Read | X.Basic Y.All | X.Read | Other.Read; GET /z(a={v},%20b={v2}): X.Read"
    );
    assert_eq!(
        codes,
        "operation-skipped scope-not-in-catalogue permission-unranked permission-unranked template-adapted template-ambiguous"
    );
    let import = read(source, &Options::default()).unwrap();
    assert_eq!(import.skipped, [("POST /x".to_owned(), "no delegated permission is sufficient".to_owned())]);
    assert_eq!(import.apis[0].scopes[0].risk, Some(Risk::Medium));
    assert!(!import.apis[0].scopes[0].inferred);
    let options = Options { principal: Principal::Application, ..Options::default() };
    assert!(shown(source, &options).0.contains("POST /x: App.All"));
}

#[test]
fn github_permissions_are_imported() {
    let source = r#"{"issues": {"title": "Issues", "displayTitle": "Repository permissions for Issues", "permissions": [
            {"verb": "get", "requestPath": "/i/{n}", "access": "read", "slug": "get-an-issue", "additional-permissions": false},
            {"verb": "patch", "requestPath": "/i/{n}", "access": "write", "additional-permissions": true}]},
        "pulls": {"title": "Pulls", "permissions": [
            {"verb": "get", "requestPath": "/i/{n}", "access": "read", "additional-permissions": false}]}}"#;
    let (lines, codes) = shown(source, &Options::default());
    assert_eq!(lines, "GET /i/{n}: any of issues=read | pulls=read; PATCH /i/{n}: issues=write");
    assert_eq!(codes, "permission-incomplete");
    let import = read(source, &Options::default()).unwrap();
    assert_eq!(import.apis[0].scopes[1].implies[0].as_str(), "issues=read");
}

#[test]
fn asyncapi_operations_are_imported() {
    let source = "asyncapi: 3.0.0\ninfo: {title: Orders}\nservers:\n  main: {host: 'a.test:9092', protocol: kafka, pathname: /x, security: \
                  [{$ref: '#/components/securitySchemes/user'}]}\nchannels:\n  one: {address: 'orders/{id}'}\noperations:\n  \
                  get: {action: receive, channel: {$ref: '#/channels/one'}, security: [{$ref: '#/components/securitySchemes/o'}, \
                  {type: oauth2, scopes: [c], flows: {}}]}\n  put: {action: send, channel: {$ref: '#/channels/one'}, bindings: \
                  {http: {method: POST}}}\n  bad: {action: send}\ncomponents:\n  securitySchemes:\n    user: {type: userPassword}\n    o: \
                  {type: oauth2, scopes: [a, b], flows: {clientCredentials: {tokenUrl: 'https://l.test', availableScopes: {a: A, \
                  b: B, c: C}}}}\n";
    let (lines, codes) = shown(source, &Options::default());
    assert_eq!(lines, "RECEIVE /orders/{id}: any of a b | c; POST /orders/{id}: no scope");
    assert_eq!(codes, "operation-skipped");
    let import = read(source, &Options::default()).unwrap();
    assert_eq!(import.apis[0].base_url, "https://a.test:9092/x");
    assert_eq!(import.apis[0].scopes.len(), 3);
    assert!(read("asyncapi: 2.6.0", &Options::default()).is_err());
}

#[test]
fn agent_cards_are_imported() {
    let new = r#"{"name": "Agent", "supportedInterfaces": [{"url": "https://a.test/a2a", "protocolVersion": "1.0"}],
        "securitySchemes": {"o": {"oauth2SecurityScheme": {"oauth2MetadataUrl": "https://l.test/.well-known/oauth-authorization-server",
            "flows": {"deviceCode": {"scopes": {"a": "A", "b": "B"}}}}}},
        "securityRequirements": [{"schemes": {"o": {"list": ["a"]}}}],
        "skills": [{"id": "one", "name": "One"}, {"id": "two", "securityRequirements": [{"schemes": {"o": {"list": ["a", "b"]}}}]}]}"#;
    let (lines, _) = shown(new, &Options::default());
    assert_eq!(lines, "POST /: a; SKILL /one: a; SKILL /two: all of a b");
    assert_eq!(read(new, &Options::default()).unwrap().issuer.as_deref(), Some("https://l.test"));
    let old = r#"{"name": "Agent", "url": "https://a.test", "protocolVersion": "0.3.0", "skills": [],
        "securitySchemes": {"o": {"type": "oauth2", "flows": {}}}, "security": [{"o": ["a"]}, {"o": ["b"]}]}"#;
    assert_eq!(shown(old, &Options::default()).0, "POST /: any of a | b");
}

#[test]
fn aws_templates_are_imported() {
    let sam = "Transform: AWS::Serverless-2016-10-31\nParameters: {Server: {Type: String, Default: shop}}\nResources:\n  \
               Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: Jwt, Authorizers: {Jwt: \
               {AuthorizationScopes: [d], JwtConfiguration: {issuer: 'https://l.test', audience: [aud]}}}}}}\n  F:\n    Type: \
               AWS::Serverless::Function\n    Properties:\n      Events:\n        A: {Type: HttpApi, Properties: {ApiId: !Ref Api, \
               Path: /a, Method: get}}\n        B: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: '/b/{proxy+}', Method: post, Auth: \
               {AuthorizationScopes: [!Sub '${Server}/w', !Join ['/', [!Ref Server, x]]]}}}\n        C: {Type: HttpApi, Properties: \
               {ApiId: !Ref Api, Path: /c, Method: get, Auth: {Authorizer: NONE}}}\n        D: {Type: HttpApi, Properties: {ApiId: !Ref \
               Api, Path: /d, Method: get, Auth: {AuthorizationScopes: []}}}\n        E: {Type: HttpApi, Properties: {ApiId: !Ref Api, \
               Path: /e, Method: get, Auth: {AuthorizationScopes: [!GetAtt X.Scope]}}}\n        S: {Type: SQS}\n";
    let (lines, codes) = shown(sam, &Options::default());
    assert_eq!(lines, "GET /a: d; POST /b/{+proxy}: any of shop/w | shop/x; GET /c: no scope; GET /d: no scope");
    assert_eq!(codes, "server-missing operation-skipped template-adapted");
    let import = read(sam, &Options::default()).unwrap();
    assert_eq!((import.issuer.as_deref(), import.audience.as_deref()), (Some("https://l.test"), Some("aud")));
    let cloud_formation = "Resources:\n  R1: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !GetAtt Api.RootResourceId, PathPart: \
                           orders}}\n  R2: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: {Ref: R1}, PathPart: '{id}'}}\n  M: \
                           {Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, ResourceId: !Ref R2, AuthorizationType: \
                           COGNITO_USER_POOLS, AuthorizationScopes: [s/a, s/b]}}\n  N: {Type: AWS::ApiGateway::Method, Properties: \
                           {HttpMethod: PUT, ResourceId: !Ref Gone}}\n  V: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: \
                           'DELETE /x', AuthorizationType: JWT, AuthorizationScopes: [c]}}\n  W: {Type: AWS::ApiGatewayV2::Route, Properties: \
                           {RouteKey: $default}}\n";
    let (lines, _) = shown(cloud_formation, &Options::default());
    assert_eq!(lines, "GET /orders/{id}: any of s/a | s/b; DELETE /x: c");
    assert_eq!(read(cloud_formation, &Options::default()).unwrap().skipped.len(), 2);
}

#[test]
fn overlays_are_applied_before_the_description_is_read() {
    let source = openapi("paths: {/x: {get: {}, put: {}}}");
    let overlay = b"overlay: 1.1.0\nactions:\n- {target: $.paths.*.get, update: {security: [{oauth: [a]}]}}\n- {target: $.paths.*.put, \
                    remove: true}\n- {target: $.gone, remove: true}\n";
    let options = Options { overlays: vec![("fix.yaml".to_owned(), overlay.to_vec())], ..Options::default() };
    assert_eq!(shown(&source, &options), ("GET /x: a".to_owned(), "overlay-unmatched".to_owned()));
    let options = Options { overlays: vec![("fix.yaml".to_owned(), b"a: b".to_vec())], ..Options::default() };
    let error = read(&source, &options).unwrap_err().to_string();
    assert_eq!(error, "overlay `fix.yaml` can't be applied: it is not an overlay: `overlay` is missing");
}

#[test]
fn the_documentation_lists_findings_and_programs() {
    let page = include_str!("../../../docs/api-descriptions.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let codes: Vec<String> = CODES
        .iter()
        .map(|code| format!("`{}` {} {} {}", code.name, code.severity, code.summary, code.source))
        .collect();
    let listed = rows.iter().filter(|row| row[2] == "info" || row[2] == "warning").map(|row| row[1..5].join(" "));
    assert_eq!(listed.collect::<Vec<_>>(), codes);
    for emitter in emitter::EMITTERS {
        assert!(rows.iter().any(|row| row[1] == emitter.name && row[3] == emitter.source), "{}", emitter.name);
    }
}

#[test]
fn other_documents_are_rejected() {
    for (source, expected) in [
        ("{", "`api.yaml` can't be parsed: EOF while parsing an object at line 1, column 1"),
        ("a: b", "`api.yaml` is not a supported API description"),
        ("[]", "`api.yaml` is not a supported API description"),
        ("openapi: 4.0.0", "`api.yaml` is OpenAPI `4.0.0`, which is not supported"),
        ("swagger: '1.2'", "`api.yaml` is Swagger `1.2`, which is not supported"),
    ] {
        assert_eq!(read(source, &Options::default()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn oversized_requirements_are_skipped_and_reported() {
    let scopes: Vec<String> = (0..600).map(|scope| format!("s{scope}")).collect();
    let list = format!("paths: {{/x: {{get: {{security: [{{oauth: [{}]}}]}}}}}}", scopes.join(", "));
    let import = read(&openapi(&list), &Options::default()).unwrap();
    assert_eq!(import.skipped[0].1, "it has a list of more than 500 scopes");
    // thirty lists of thirty scopes: their product would not fit into memory
    let lists: Vec<String> = (0..30).map(|list| format!("s{list}: [{}]", scopes[..30].join(", "))).collect();
    let product = format!("paths: {{/x: {{get: {{security: [{{{}}}]}}}}}}", lists.join(", "));
    let options = Options { reading: Some(ListMeaning::Any), ..Options::default() };
    assert_eq!(read(&openapi(&product), &options).unwrap().skipped[0].1, "it has more than 500 alternatives");
    // one requirement shared by alias by very many operations
    let mut shared = "x: &x [{oauth: [".to_owned() + &scopes[..400].join(", ") + "]}]\npaths:\n";
    for path in 0..6_000 {
        shared.push_str(&format!("  /p{path}: {{get: {{security: *x}}}}\n"));
    }
    let import = read(&openapi(&shared), &Options::default()).unwrap();
    assert_eq!(import.operations + import.skipped.len(), 6_000);
    assert_eq!(import.skipped[0].1, "the description has more than 2000000 scopes");
}

proptest! {
    #[test]
    fn importing_never_panics(position in 0usize..700, text in "[\\[\\]{}:&*!,./$#'\\-a \n]{0,4}") {
        let mut source = openapi("security: [{oauth: [a]}]\npaths: {'/x/{id}': {get: {$ref: '#/z'}, put: {x-scopes: [b]}}}\nz: {}");
        let position = position.min(source.len());
        if source.is_char_boundary(position) {
            source.insert_str(position, &text);
        }
        let _ = read(&source, &Options::default());
    }
}
