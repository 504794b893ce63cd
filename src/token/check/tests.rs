//! Realistic tokens without findings, and a token for every code.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::token::{CODES, Decoded, LeftOut, decode, not_as_given, used_as_access_token};

fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_763_926_800).unwrap()
}

/// `IAT`, `EXP` and `DAY` in the claims stand for now, an hour later and a day later.
fn decoded(header: &str, claims: &str, signature: &[u8]) -> Decoded {
    let claims = claims.replace("IAT", "1763926800").replace("EXP", "1763930400").replace("DAY", "1764013200");
    let parts = [header.as_bytes(), claims.as_bytes(), signature].map(|part| URL_SAFE_NO_PAD.encode(part));
    decode(&parts.join("."), now())
}

fn codes(decoded: &Decoded) -> Vec<&'static str> {
    decoded.all_findings().map(|finding| finding.code.name).collect()
}

/// Tokens by the claim reference of each provider, with made-up values.
const ORDINARY: &[(&str, &str, &str, &str)] = &[
    (
        "entra",
        "access-token",
        r#"{"typ":"JWT","alg":"RS256","kid":"HJkP5hSpQeu3YMVKzxBQ6w"}"#,
        r#"{"aud":"6e74172b-be56-4843-9ff4-e66a39bb12e3","iss":"https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0","iat":IAT,"nbf":IAT,"exp":EXP,"aio":"AXQAi/8IAAAAtAaZLo3ChMif6KOnttRB7eBq4/DccQzjcJGxPYy/C3jDaNGxXd6wNIIVGRghNRnwJ1lOcAnNZcjvkoyrFxCttv33140RioOFJ4bCCGVuoCag1uOTT22222","azp":"6e74172b-be56-4843-9ff4-e66a39bb12e3","azpacr":"0","name":"Abe Lincoln","oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","preferred_username":"abeli@example.com","rh":"I","scp":"access_as_user","sub":"HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ","tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","uti":"fqiBqXLPj0eQa82S-IYFAA","ver":"2.0"}"#,
    ),
    (
        "entra",
        "access-token",
        r#"{"typ":"JWT","nonce":"x6bTqzB1RvH0hVYQ","alg":"RS256","x5t":"HJkP5hSpQeu3YMVKzxBQ6w","kid":"HJkP5hSpQeu3YMVKzxBQ6w"}"#,
        r#"{"aud":"00000003-0000-0000-c000-000000000000","iss":"https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/","iat":IAT,"nbf":IAT,"exp":EXP,"acct":0,"acr":"1","aio":"ATQA","amr":["pwd","mfa"],"app_displayname":"Tool","appid":"1950a258-227b-4e31-a9cf-717495945fc2","appidacr":"0","family_name":"Lincoln","given_name":"Abe","idtyp":"user","ipaddr":"203.0.113.7","name":"Abe Lincoln","oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","platf":"8","puid":"10032000B7B0F8A8","rh":"0.AQ","scp":"User.Read profile openid email","sub":"x","tenant_region_scope":"EU","tid":"72f988bf-86f1-41af-91ab-2d7cd011db47","unique_name":"abeli@example.com","upn":"abeli@example.com","uti":"fqiB","ver":"1.0","wids":["b79fbf4d-3ef9-4689-8143-76b194e85509"],"xms_tcdt":1289241547}"#,
    ),
    (
        "entra",
        "access-token",
        r#"{"typ":"JWT","alg":"RS256","x5t":"a","kid":"a"}"#,
        r#"{"aud":"api://orders","iss":"https://sts.windows.net/72f988bf/","iat":IAT,"nbf":IAT,"exp":DAY,"aio":"E","appid":"c","appidacr":"1","idp":"https://sts.windows.net/72f988bf/","idtyp":"app","oid":"o","rh":"0","roles":["Orders.Read.All"],"sub":"o","tid":"72f988bf","uti":"u","ver":"1.0"}"#,
    ),
    (
        "entra",
        "id-token",
        r#"{"typ":"JWT","alg":"RS256","kid":"a"}"#,
        r#"{"ver":"2.0","iss":"https://login.microsoftonline.com/9122040d/v2.0","sub":"AAAA","aud":"6cb04018","exp":EXP,"iat":IAT,"nbf":IAT,"name":"Abe","preferred_username":"abeli@example.com","oid":"o","tid":"9122040d","nonce":"123523","aio":"Df2"}"#,
    ),
    ("", "app-token", r#"{"alg":"RS256","kid":"k"}"#, r#"{"iss":"123456","iat":IAT,"exp":EXP}"#),
    ("", "app-token", r#"{"alg":"ES256","kid":"k"}"#, r#"{"iss":"ABCDE12345","iat":IAT}"#),
    (
        "",
        "app-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"ACCOUNT.USER.SHA256:x","sub":"ACCOUNT.USER","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "app-token",
        r#"{"alg":"HS256","cty":"twilio-fpa;v=1"}"#,
        r#"{"jti":"SK1-1","grants":{"identity":"u"},"iss":"SK1","sub":"AC1","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "access-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"x@p.iam.gserviceaccount.com","sub":"x@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/pubsub","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "authorization-grant",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"x@p.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/pubsub","aud":"https://www.googleapis.com/oauth2/v4/token","iat":IAT,"exp":EXP}"#,
    ),
    (
        "google",
        "session-cookie",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://session.firebase.google.com/p","aud":"p","sub":"u","iat":IAT,"exp":1765000000}"#,
    ),
    (
        "google",
        "id-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://accounts.google.com","aud":"a","sub":"1","iat":IAT,"exp":EXP}"#,
    ),
    (
        "entra",
        "access-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"aud":"https://management.azure.com/","iss":"https://sts.windows.net/72f988bf/","appid":"c","appidacr":"2","idtyp":"app","oid":"o","sub":"o","tid":"72f988bf","uti":"u","ver":"1.0","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "workload-identity",
        r#"{"alg":"ES256","typ":"wit+jwt"}"#,
        r#"{"sub":"wimse://example.com/w","cnf":{"jwk":{"kty":"OKP","crv":"Ed25519","x":"x"}},"jti":"j","exp":EXP}"#,
    ),
    (
        "",
        "call-identity",
        r#"{"alg":"ES256","typ":"passport","ppt":"shaken","x5u":"https://cert.example.org/p.cer"}"#,
        r#"{"attest":"A","dest":{"tn":["1"]},"orig":{"tn":"2"},"origid":"x","iat":IAT}"#,
    ),
    (
        "",
        "signed-data",
        r#"{"alg":"ES256","x5c":["MII"]}"#,
        r#"{"transactionId":"2","bundleId":"com.example","signedDate":1700000000000}"#,
    ),
    (
        "keycloak",
        "registration-token",
        r#"{"alg":"HS512","typ":"JWT","kid":"k"}"#,
        r#"{"jti":"x","iss":"https://kc.example.com/realms/r","aud":"https://kc.example.com/realms/r","typ":"RegistrationAccessToken","iat":IAT}"#,
    ),
    (
        "pulumi",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://api.pulumi.com/oidc","sub":"pulumi:deploy:org:o:project:p:stack:s:operation:update:scope:write","aud":"o","scope":"write","iat":IAT,"exp":EXP}"#,
    ),
    (
        "nomad",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://nomad.example.com","sub":"global:default:j:g:t:x","aud":"vault.io","nomad_job_id":"j","nomad_namespace":"default","iat":IAT,"exp":EXP}"#,
    ),
    (
        "workos",
        "access-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://api.workos.com/user_management/client_1","sub":"user_1","sid":"session_1","role":"member","permissions":["p"],"iat":IAT,"exp":EXP}"#,
    ),
    (
        "fusionauth",
        "access-token",
        r#"{"alg":"RS256","typ":"JWT","kid":"k","gty":["authorization_code"]}"#,
        r#"{"iss":"acme.com","sub":"u","aud":"a","applicationId":"a","authenticationType":"PASSWORD","roles":["r"],"iat":IAT,"exp":EXP}"#,
    ),
    (
        "kinde",
        "access-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://x.kinde.com","sub":"u","aud":["api"],"azp":"c","gty":["client_credentials"],"scp":["a"],"iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "access-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://as.example.com","sub":"u","aud":"api","client_id":"c","scope":"api","iat":IAT,"exp":EXP}"#,
    ),
    (
        "okta",
        "access-token",
        r#"{"kid":"ewUeh1Fh2KmLmVnAbaoz","alg":"RS256"}"#,
        r#"{"ver":1,"jti":"AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE","iss":"https://dev-1.okta.com/oauth2/default","aud":"api://default","sub":"user@example.com","iat":IAT,"exp":EXP,"cid":"0oacqlpbo1cv0zEtQ0x7","uid":"00uid4BxXw6I6TV4m0g3","scp":["openid","orders:read"],"auth_time":IAT}"#,
    ),
    (
        "okta",
        "id-token",
        r#"{"kid":"e","alg":"RS256"}"#,
        r#"{"sub":"00u","name":"A","email":"a@example.com","ver":1,"iss":"https://dev-1.okta.com/oauth2/default","aud":"0oa","iat":IAT,"exp":EXP,"jti":"ID.x","amr":["pwd"],"idp":"00o","nonce":"n","preferred_username":"a@example.com","auth_time":IAT,"at_hash":"cpqKfdQA5eH891Ff5oJr_Q"}"#,
    ),
    (
        "auth0",
        "access-token",
        r#"{"alg":"RS256","typ":"JWT","kid":"q7"}"#,
        r#"{"iss":"https://t.eu.auth0.com/","sub":"auth0|5f","aud":["https://orders.example.com","https://t.eu.auth0.com/userinfo"],"iat":IAT,"exp":DAY,"azp":"web","scope":"openid profile read:orders","permissions":["read:orders"]}"#,
    ),
    (
        "auth0",
        "access-token",
        r#"{"alg":"RS256","typ":"at+jwt","kid":"q7"}"#,
        r#"{"iss":"https://t.eu.auth0.com/","sub":"m2m@clients","aud":"https://orders.example.com","iat":IAT,"exp":DAY,"scope":"read:orders","gty":"client-credentials","client_id":"m2m","azp":"m2m","jti":"j"}"#,
    ),
    (
        "cognito",
        "access-token",
        r#"{"kid":"abcd/efgh+ijkl=","alg":"RS256"}"#,
        r#"{"sub":"aaaaaaaa-bbbb","cognito:groups":["readers"],"iss":"https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example","version":2,"client_id":"xxx","origin_jti":"o","event_id":"e","token_use":"access","scope":"aws.cognito.signin.user.admin","auth_time":IAT,"exp":EXP,"iat":IAT,"jti":"j","username":"u"}"#,
    ),
    (
        "cognito",
        "id-token",
        r#"{"kid":"1234example=","alg":"RS256"}"#,
        r#"{"sub":"aaaa","aud":"xxx","email_verified":true,"token_use":"id","auth_time":IAT,"iss":"https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example","cognito:username":"u","exp":EXP,"given_name":"A","iat":IAT,"email":"a@example.com","phone_number":"+1","origin_jti":"o"}"#,
    ),
    (
        "keycloak",
        "access-token",
        r#"{"alg":"RS256","typ":"JWT","kid":"FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE"}"#,
        r#"{"exp":EXP,"iat":IAT,"auth_time":IAT,"jti":"onrtac:5f","iss":"https://kc.example.com/realms/main","aud":"account","sub":"b2","typ":"Bearer","azp":"web","sid":"s","acr":"1","allowed-origins":["https://app.example.com"],"realm_access":{"roles":["default-roles-main","offline_access"]},"resource_access":{"account":{"roles":["manage-account","view-profile"]}},"scope":"openid profile email","email_verified":true,"name":"A B","preferred_username":"ab","given_name":"A","family_name":"B","email":"a@example.com"}"#,
    ),
    (
        "keycloak",
        "refresh-token",
        r#"{"alg":"HS512","typ":"JWT","kid":"d"}"#,
        r#"{"exp":DAY,"iat":IAT,"jti":"j","iss":"https://kc.example.com/realms/main","aud":"https://kc.example.com/realms/main","sub":"b2","typ":"Refresh","azp":"web","sid":"s","scope":"openid profile email"}"#,
    ),
    (
        "google",
        "id-token",
        r#"{"alg":"RS256","kid":"fed80fec56db99233d4b4f60fbafdbaeb9186c73","typ":"JWT"}"#,
        r#"{"iss":"https://accounts.google.com","azp":"1.apps.googleusercontent.com","aud":"1.apps.googleusercontent.com","sub":"103","hd":"example.com","email":"a@example.com","email_verified":true,"at_hash":"x","nonce":"n","iat":IAT,"exp":EXP}"#,
    ),
    (
        "google",
        "id-token",
        r#"{"alg":"RS256","kid":"f","typ":"JWT"}"#,
        r#"{"iss":"https://securetoken.google.com/p","aud":"p","auth_time":IAT,"user_id":"u","sub":"u","iat":IAT,"exp":EXP,"email":"a@example.com","email_verified":false,"firebase":{"identities":{"email":["a@example.com"]},"sign_in_provider":"password"}}"#,
    ),
    (
        "github-actions",
        "workload-identity",
        r#"{"typ":"JWT","alg":"RS256","x5t":"eb","kid":"1F2AB83404C08EC9EA0BB99DAED02186B091DBF4"}"#,
        r#"{"jti":"example-id","sub":"repo:octo-org/octo-repo:environment:prod","environment":"prod","aud":"https://github.com/octo-org","ref":"refs/heads/main","sha":"a","repository":"octo-org/octo-repo","repository_owner":"octo-org","actor_id":"12","repository_visibility":"private","repository_id":"74","repository_owner_id":"65","run_id":"e","run_number":"10","run_attempt":"2","runner_environment":"github-hosted","actor":"octocat","workflow":"example-workflow","head_ref":"","base_ref":"","event_name":"workflow_dispatch","ref_type":"branch","job_workflow_ref":"octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main","iss":"https://token.actions.githubusercontent.com","nbf":IAT,"exp":EXP,"iat":IAT}"#,
    ),
    (
        "gitlab-ci",
        "workload-identity",
        r#"{"kid":"4i3","typ":"JWT","alg":"RS256"}"#,
        r#"{"namespace_id":"72","namespace_path":"my-group","project_id":"20","project_path":"my-group/my-project","user_id":"1","user_login":"sample-user","user_email":"sample-user@example.com","pipeline_id":"574","pipeline_source":"push","job_id":"302","ref":"feature","ref_type":"branch","ref_path":"refs/heads/feature","ref_protected":"false","environment":"test","runner_id":1,"runner_environment":"self-hosted","sha":"7","project_visibility":"public","ci_config_ref_uri":"gitlab.example.com/x//.gitlab-ci.yml@refs/heads/main","ci_config_sha":"7","jti":"2","iss":"https://gitlab.example.com","iat":IAT,"nbf":IAT,"exp":EXP,"sub":"project_path:my-group/my-project:ref_type:branch:ref:feature","aud":"https://vault.example.com"}"#,
    ),
    (
        "kubernetes",
        "workload-identity",
        r#"{"alg":"RS256","kid":"h4"}"#,
        r#"{"aud":["https://kubernetes.default.svc"],"exp":EXP,"iat":IAT,"iss":"https://kubernetes.default.svc","jti":"j","kubernetes.io":{"namespace":"my-ns","node":{"name":"my-node","uid":"8"},"pod":{"name":"my-pod","uid":"5"},"serviceaccount":{"name":"my-sa","uid":"1"}},"nbf":IAT,"sub":"system:serviceaccount:my-ns:my-sa"}"#,
    ),
    (
        "spiffe",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#,
        r#"{"aud":["db"],"exp":EXP,"iat":IAT,"sub":"spiffe://example.org/web"}"#,
    ),
    (
        "ping",
        "access-token",
        r#"{"alg":"RS256","kid":"default"}"#,
        r#"{"client_id":"c","iss":"https://auth.pingone.eu/e/as","iat":IAT,"exp":EXP,"aud":["https://api.pingone.eu"],"scope":"p1:read:user","sub":"s","env":"e","org":"o","p1.rid":"r"}"#,
    ),
    (
        "salesforce",
        "access-token",
        r#"{"tnk":"core/prod/00D","ver":"1.0","kid":"CORE","tty":"sfdc-core-token","typ":"JWT","alg":"RS256"}"#,
        r#"{"scp":"web openid","aud":["https://acme.my.salesforce.com"],"sub":"uid:005","nbf":IAT,"mty":"oauth","sfi":"a","roles":[],"iss":"https://acme.my.salesforce.com","exp":EXP,"iat":IAT,"client_id":"3MV"}"#,
    ),
    (
        "spring",
        "access-token",
        r#"{"kid":"a","alg":"RS256"}"#,
        r#"{"sub":"messaging-client","aud":"messaging-client","nbf":IAT,"scope":["message.read"],"iss":"https://as.example.com","exp":EXP,"iat":IAT,"authorities":["SCOPE_message.read"]}"#,
    ),
    (
        "",
        "access-token",
        r#"{"alg":"RS256","kid":"1","typ":"at+jwt"}"#,
        r#"{"iss":"https://login.example.com","sub":"alice","aud":"https://api.example.com","client_id":"web","iat":IAT,"exp":EXP,"jti":"j","scope":"orders:read","cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}"#,
    ),
    (
        "",
        "logout-token",
        r#"{"alg":"RS256","typ":"logout+jwt"}"#,
        r#"{"iss":"https://s.example.com","sub":"2","aud":"c","iat":IAT,"exp":EXP,"jti":"b","sid":"0","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}"#,
    ),
    (
        "",
        "client-assertion",
        r#"{"alg":"PS256","kid":"1"}"#,
        r#"{"iss":"c","sub":"c","aud":"https://login.example.com/token","jti":"j","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "request-object",
        r#"{"alg":"PS256","typ":"oauth-authz-req+jwt"}"#,
        r#"{"iss":"c","aud":"https://login.example.com","response_type":"code","client_id":"c","redirect_uri":"https://c/cb","scope":"openid","state":"s","nonce":"n"}"#,
    ),
    (
        "",
        "authorization-response",
        r#"{"alg":"PS256"}"#,
        r#"{"iss":"https://login.example.com","aud":"c","exp":EXP,"code":"x","state":"s"}"#,
    ),
    (
        "kubernetes",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF","aud":["sts.amazonaws.com"],"sub":"system:serviceaccount:shop:web","kubernetes.io":{"namespace":"shop","serviceaccount":{"name":"web","uid":"8"}},"iat":IAT,"nbf":IAT,"exp":DAY}"#,
    ),
    (
        "circleci",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://oidc.circleci.com/org/6a","aud":"6a","sub":"org/6a/project/7b/user/8c","oidc.circleci.com/project-id":"7b","oidc.circleci.com/context-ids":["9d"],"oidc.circleci.com/ssh-rerun":false,"iat":IAT,"exp":EXP}"#,
    ),
    (
        "buildkite",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://agent.buildkite.com","sub":"organization:acme:pipeline:shop:ref:refs/heads/main:commit:9f:step:deploy","aud":"https://buildkite.com/acme","iat":IAT,"nbf":IAT,"exp":EXP,"organization_slug":"acme","pipeline_slug":"shop","build_number":1,"build_branch":"main","build_commit":"9f","step_key":"deploy","job_id":"0184","agent_id":"0184"}"#,
    ),
    (
        "hcp-terraform",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"jti":"1","iss":"https://app.terraform.io","aud":"aws.workload.identity","iat":IAT,"nbf":IAT,"exp":EXP,"sub":"organization:acme:project:shop:workspace:prod:run_phase:apply","terraform_run_phase":"apply","terraform_workspace_id":"ws-1","terraform_workspace_name":"prod","terraform_organization_id":"org-1","terraform_organization_name":"acme","terraform_run_id":"run-1","terraform_full_workspace":"organization:acme:project:shop:workspace:prod"}"#,
    ),
    (
        "bitbucket-pipelines",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc","aud":"ari:cloud:bitbucket::workspace/8c","sub":"{7b}:{9d}","stepUuid":"{9d}","repositoryUuid":"{7b}","pipelineUuid":"{6a}","workspaceUuid":"{8c}","branchName":"main","iat":IAT,"exp":EXP}"#,
    ),
    (
        "azure-devops",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k","x5t":"k"}"#,
        r#"{"iss":"https://vstoken.dev.azure.com/8c","aud":"api://AzureADTokenExchange","sub":"sc://acme/shop/deploy","org_id":"8c","prj_id":"7b","def_id":"3","rpo_ref":"refs/heads/main","run_id":"41","iat":IAT,"nbf":IAT,"exp":EXP}"#,
    ),
    (
        "vercel",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://oidc.vercel.com/acme","sub":"owner:acme:project:shop:environment:production","scope":"owner:acme:project:shop:environment:production","aud":"https://vercel.com/acme","owner":"acme","owner_id":"team_1","project":"shop","project_id":"prj_1","environment":"production","iat":IAT,"nbf":IAT,"exp":EXP}"#,
    ),
    (
        "fly",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"app_id":"1","app_name":"shop","aud":"https://fly.io/acme","exp":EXP,"iat":IAT,"nbf":IAT,"image":"registry.fly.io/shop:1","image_digest":"sha256:0","iss":"https://oidc.fly.io/acme","jti":"j","machine_id":"3d8d","machine_name":"weathered-sun-1","machine_version":"01H","org_id":"2","org_name":"acme","region":"fra","sub":"acme:shop:weathered-sun-1"}"#,
    ),
    (
        "vault",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://vault.example.com/v1/identity/oidc","aud":"SxSouteCYPBoaTFy94hFghmekos","sub":"043fefcb","namespace":"root","iat":IAT,"exp":DAY}"#,
    ),
    (
        "vault",
        "id-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://vault.example.com/v1/identity/oidc/provider/default","aud":"client","sub":"043fefcb","namespace":"root","at_hash":"y","c_hash":"z","nonce":"n","iat":IAT,"exp":DAY}"#,
    ),
    (
        "spacelift",
        "workload-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://acme.app.spacelift.io","aud":"acme.app.spacelift.io","sub":"space:legacy:stack:infra:run_type:TRACKED:scope:read","spaceId":"legacy","callerType":"stack","callerId":"infra","runType":"TRACKED","runId":"01G","scope":"read","iat":IAT,"nbf":IAT,"exp":EXP,"jti":"j"}"#,
    ),
    (
        "aws-sts",
        "workload-identity",
        r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#,
        r#"{"iss":"https://a1b2.tokens.sts.global.api.aws","sub":"arn:aws:iam::123456789012:role/web","aud":"https://api.example.com","iat":IAT,"exp":EXP,"jti":"j","https://sts.amazonaws.com/":{"aws_account":"123456789012","source_region":"eu-west-1","principal_id":"arn:aws:iam::123456789012:role/web"}}"#,
    ),
    (
        "supabase",
        "access-token",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://abcdefghijklmnopqrst.supabase.co/auth/v1","sub":"8c","aud":"authenticated","role":"authenticated","aal":"aal1","amr":[{"method":"password","timestamp":1767225600}],"session_id":"5e","is_anonymous":false,"email":"a@example.com","phone":"","app_metadata":{"provider":"email"},"user_metadata":{},"iat":IAT,"exp":EXP}"#,
    ),
    (
        "supabase",
        "api-key",
        r#"{"alg":"HS512","typ":"JWT"}"#,
        r#"{"iss":"supabase","ref":"abcdefghijklmnopqrst","role":"anon","iat":IAT,"exp":2079286800}"#,
    ),
    (
        "clerk",
        "access-token",
        r#"{"alg":"RS256","cat":"cl_B7d4PD111AAA","kid":"ins_2","typ":"JWT"}"#,
        r#"{"azp":"https://app.example.com","exp":EXP,"fva":[0,-1],"iat":IAT,"iss":"https://clerk.example.com","nbf":IAT,"sid":"sess_2","sts":"active","sub":"user_2","v":2}"#,
    ),
    (
        "adfs",
        "access-token",
        r#"{"alg":"RS256","typ":"JWT","kid":"k","x5t":"k"}"#,
        r#"{"iss":"http://sts.example.org/adfs/services/trust","aud":"urn:microsoft:userinfo","apptype":"Public","appid":"2f","authmethod":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","auth_time":"2025-11-23T19:00:00.125Z","ver":"1.0","scp":"openid","sub":"wJ","iat":IAT,"nbf":IAT,"exp":EXP}"#,
    ),
    (
        "teleport",
        "proxy-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"aud":["https://app.example.com"],"iss":"teleport.example.com","sub":"alice","username":"alice","roles":["access"],"traits":{"logins":["alice"]},"iat":IAT,"nbf":IAT,"exp":EXP}"#,
    ),
    (
        "cloudflare-access",
        "proxy-identity",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"aud":["32eafc7626e737119cf8"],"email":"a@example.com","exp":DAY,"iat":IAT,"nbf":IAT,"iss":"https://acme.cloudflareaccess.com","type":"app","identity_nonce":"6ei","sub":"7335d417","country":"DE"}"#,
    ),
    (
        "google-iap",
        "proxy-identity",
        r#"{"alg":"RS256","typ":"JWT","kid":"k"}"#,
        r#"{"iss":"https://cloud.google.com/iap","aud":"/projects/1/apps/p","sub":"accounts.google.com:1","email":"a@example.com","hd":"example.com","iat":IAT,"exp":EXP}"#,
    ),
    (
        "apple",
        "client-secret",
        r#"{"alg":"RS256","kid":"ABC123DEFG"}"#,
        r#"{"iss":"DEF123GHIJ","iat":IAT,"exp":1779478800,"aud":"https://appleid.apple.com","sub":"com.example.app"}"#,
    ),
    (
        "apple",
        "id-token",
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"iss":"https://appleid.apple.com","aud":"com.example.app","exp":DAY,"iat":IAT,"sub":"000","nonce":"n","c_hash":"c","email":"x@privaterelay.appleid.com","email_verified":true,"is_private_email":true,"auth_time":IAT,"nonce_supported":true}"#,
    ),
    (
        "",
        "access-token",
        r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#,
        r#"{"iss":"robot@project.iam.gserviceaccount.com","sub":"robot@project.iam.gserviceaccount.com","aud":"https://pubsub.googleapis.com/","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "status-list",
        r#"{"alg":"RS256","typ":"statuslist+jwt","kid":"k"}"#,
        r#"{"sub":"https://example.com/statuslists/1","iat":IAT,"ttl":43200,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}}"#,
    ),
    (
        "",
        "status-list",
        r#"{"alg":"RS256","typ":"statuslist+jwt","kid":"k"}"#,
        r#"{"iss":"https://login.example.com","sub":"https://login.example.com/statuslists/1","iat":IAT,"exp":1795462800,"ttl":43200,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}}"#,
    ),
    (
        "",
        "transaction-token",
        r#"{"alg":"RS256","typ":"txntoken+jwt","kid":"k"}"#,
        r#"{"aud":"trust.example.com","sub":"u","txn":"97053963","scope":"orders","tctx":{"order":"7"},"rctx":{"req_ip":"192.0.2.1"},"req_wl":"apigateway.example.com","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "identity-assertion-grant",
        r#"{"alg":"RS256","typ":"oauth-id-jag+jwt","kid":"k"}"#,
        r#"{"iss":"https://idp.example.com","aud":"https://as.example.com","sub":"u","client_id":"c","resource":"https://api.example.com","scope":"a b","jti":"j","iat":IAT,"exp":EXP}"#,
    ),
    (
        "",
        "trust-mark",
        r#"{"alg":"RS256","typ":"trust-mark+jwt","kid":"k"}"#,
        r#"{"iss":"https://federation.example.com","sub":"https://op.example.com","iat":IAT,"trust_mark_type":"https://federation.example.com/mark","logo_uri":"https://federation.example.com/logo"}"#,
    ),
    (
        "",
        "client-attestation-proof",
        r#"{"alg":"RS256","typ":"oauth-client-attestation-pop+jwt"}"#,
        r#"{"iss":"c","aud":"https://as.example.com","jti":"j","iat":IAT}"#,
    ),
    (
        "",
        "workload-identity",
        r#"{"alg":"RS256","typ":"wit+jwt","kid":"k"}"#,
        r#"{"iss":"https://wimse.example.com","sub":"wimse://example.com/web","aud":"x","exp":EXP,"iat":IAT,"jti":"j","cnf":{"jwk":{"kty":"OKP","crv":"Ed25519","x":"x","alg":"EdDSA"}}}"#,
    ),
    (
        "",
        "other",
        r#"{"alg":"RS256","typ":"acme-grant+jwt","kid":"k"}"#,
        r#"{"iss":"https://login.example.com","sub":"u","scope":"a b","iat":IAT}"#,
    ),
    (
        "",
        "access-token",
        r#"{"alg":"RS256","typ":"JOSE","kid":"k"}"#,
        r#"{"iss":"https://login.example.com","aud":"https://api.example.com","sub":"u","scope":"a b","iat":IAT,"exp":EXP}"#,
    ),
];

#[test]
fn ordinary_tokens_have_no_findings() {
    for (provider, purpose, header, claims) in ORDINARY {
        let lengths = [("HS256", 32), ("HS512", 64), ("ES256", 64)];
        let length =
            lengths.iter().find(|(name, _)| header.contains(&format!("\"{name}\""))).map_or(256, |(_, length)| *length);
        let signature = vec![7; length];
        let decoded = decoded(header, claims, &signature);
        let expected: &[&str] = &[];
        assert_eq!(codes(&decoded), expected, "{claims}");
        assert_eq!(decoded.provider.map(|provider| provider.name).unwrap_or_default(), *provider, "{claims}");
        assert_eq!(decoded.purpose.map(|named| named.purpose.name), Some(*purpose), "{claims}");
    }
    let proof = decoded(
        r#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","x":"l8","y":"9V","crv":"P-256"}}"#,
        r#"{"jti":"-B","htm":"POST","htu":"https://server.example.com/token","iat":IAT}"#,
        &[7; 64],
    );
    assert_eq!(codes(&proof), Vec::<&str>::new());
}

/// Header, claims and the codes of all findings.
const ODD: &[(&str, &str, &[&str])] = &[
    (r#"{"alg":"none"}"#, FINE, &["alg-none"]),
    (r#"{"alg":"nOnE"}"#, FINE, &["alg-none"]),
    ("{}", FINE, &["alg-missing"]),
    (r#"{"alg":"XX1","b":1}"#, FINE, &["alg-unknown", "parameter-unknown"]),
    (r#"{"alg":"RSA1_5"}"#, FINE, &["alg-weak"]),
    (r#"{"alg":"HS256","x5c":["MII"]}"#, FINE, &["alg-confusion", "signature-length"]),
    (
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"https://accounts.google.com","sub":"s","aud":"a","iat":IAT,"exp":EXP}"#,
        &["alg-confusion", "signature-length"],
    ),
    (
        r#"{"alg":"RS256","crit":["http://example.com/x"],"http://example.com/x":1}"#,
        FINE,
        &["crit-unknown", "parameter-unknown"],
    ),
    (r#"{"alg":"RS256","crit":[]}"#, FINE, &["crit-malformed"]),
    (r#"{"alg":"RS256","crit":"exp"}"#, FINE, &["crit-malformed"]),
    (r#"{"alg":"RS256","crit":["alg"]}"#, FINE, &["crit-malformed"]),
    (r#"{"alg":"RS256","crit":["absent"]}"#, FINE, &["crit-malformed"]),
    (r#"{"alg":"RS256","jwk":{"kty":"RSA","n":"x","e":"AQAB"}}"#, FINE, &["key-embedded"]),
    (r#"{"alg":"RS256","jwk":{"kty":"RSA","d":"x"}}"#, FINE, &["key-private", "key-embedded"]),
    (r#"{"alg":"RS256","jku":"https://evil.test/k","x5u":"https://evil.test/c"}"#, FINE, &["key-by-url", "key-by-url"]),
    (r#"{"alg":"RS256","kid":"../../dev/null"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"/dev/null"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"x' UNION SELECT 'k"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"http://evil.test/k"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"\u001b]0;x\u0007"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"key|/usr/bin/id"}"#, FINE, &["key-id-suspicious"]),
    (r#"{"alg":"RS256","kid":"did:web:example.com#key-1"}"#, FINE, &[]),
    (r#"{"alg":"RS256","kid":"1","kid":"2"}"#, FINE, &["member-duplicate"]),
    (RS, r#"{"aud":"a","exp":EXP,"o":{"x":1,"x":2}}"#, &["member-duplicate"]),
    (RS, r#"{"aud":"a","exp":EXP,"n":"\ud800"}"#, &["member-not-text"]),
    (RS, r#"{"aud":"a","exp":EXP,"n":"admin\u202enimda"}"#, &["text-deceptive"]),
    (RS, r#"{"aud":"a","exp":EXP,"a\u200b":"x"}"#, &["text-deceptive"]),
    (RS, r#"{"aud":"a","exp":EXP,"n":"line\nline \ud83d\udc68\u200d\ud83d\udc69 \u2764\ufe0f"}"#, &[]),
    (RS, r#"{"aud":"a","exp":1763926799}"#, &["token-expired"]),
    (RS, r#"{"aud":"a","nbf":1763926900,"exp":EXP}"#, &["token-not-yet-valid"]),
    (RS, r#"{"aud":"a","iat":1763926900,"exp":EXP}"#, &["token-from-the-future"]),
    (RS, r#"{"aud":"a","exp":"EXP"}"#, &["time-malformed"]),
    (RS, r#"{"aud":"a","exp":null}"#, &["time-malformed"]),
    (RS, r#"{"aud":"a","exp":1763930400000}"#, &["time-milliseconds"]),
    (RS, r#"{"aud":"a","exp":9223372036854775807}"#, &["time-out-of-range"]),
    (RS, r#"{"aud":"a","iat":EXP,"exp":EXP}"#, &["token-from-the-future", "time-contradictory"]),
    (RS, r#"{"aud":"a"}"#, &["no-expiry"]),
    (RS, r#"{"aud":"a","iat":IAT,"exp":1795462800}"#, &["token-long-lived"]),
    (RS, r#"{"exp":EXP}"#, &["no-audience"]),
    (RS, r#"{"aud":[],"exp":EXP}"#, &["no-audience"]),
    (RS, r#"{"aud":"*","exp":EXP}"#, &["audience-wildcard"]),
    (RS, r#"{"aud":{"a":1},"exp":EXP}"#, &["claim-malformed"]),
    (RS, r#"{"aud":"a","sub":7,"exp":EXP}"#, &["claim-malformed"]),
    (
        r#"{"alg":"RS256","typ":"at+jwt"}"#,
        r#"{"iss":"https://i","sub":"s","aud":"a","iat":IAT,"exp":EXP,"scope":"x"}"#,
        &["claim-missing"],
    ),
    (
        r#"{"alg":"RS256","typ":"logout+jwt"}"#,
        r#"{"iss":"https://i","aud":"a","iat":IAT,"jti":"1","events":{},"nonce":"n"}"#,
        &["claim-forbidden"],
    ),
    (RS, r#"{"iss":"http://login.example.com","aud":"a","exp":EXP}"#, &["issuer-not-https"]),
    (RS, r#"{"iss":"http://localhost:8080","aud":"a","exp":EXP}"#, &[]),
    (RS, r#"{"iss":"https://login.ex\u0430mple.com","aud":"a","exp":EXP}"#, &["issuer-not-ascii"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"orders:*"}"#, &["scope-wildcard"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"repo read:user"}"#, &["scope-broad"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"a,b"}"#, &["scope-separator"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"a b a"}"#, &["scope-repeated"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"a b","scp":["a"]}"#, &["scopes-differ"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"a b","scp":["b","a"]}"#, &[]),
    (
        RS,
        r#"{"iss":"https://sts.windows.net/1/","aud":"a","exp":EXP,"appid":"c","appidacr":"1","oid":"o","sub":"o","tid":"1","ver":"1.0"}"#,
        &["app-without-roles"],
    ),
    (RS, r#"{"aud":"a","exp":EXP,"auth_time":"2025-11-23T19:00:00Z"}"#, &["time-malformed"]),
    (RS, r#"{"aud":"a","exp":EXP,"password":"hunter22"}"#, &["secret-in-claims"]),
    (RS, r#"{"aud":"a","exp":EXP,"x":{"y":["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"]}}"#, &["secret-in-claims"]),
    (RS, r#"{"aud":"a","exp":EXP,"x":{"kty":"EC","d":"1"}}"#, &["secret-in-claims"]),
    (RS, r#"{"aud":"a","exp":EXP,"pem":"-----BEGIN PRIVATE KEY-----\nMII"}"#, &["secret-in-claims"]),
    (RS, r#"{"aud":"a","exp":EXP,"scope":"x","birthdate":"1990-01-01"}"#, &["personal-data"]),
    (r#"{"alg":"PBES2-HS256+A128KW","p2c":1000000000}"#, FINE, &["rounds-unsound"]),
];

const RS: &str = r#"{"alg":"RS256","kid":"1"}"#;
const FINE: &str = r#"{"aud":"a","iat":IAT,"exp":EXP}"#;

#[test]
fn every_fault_has_exactly_its_findings() {
    for (header, claims, expected) in ODD {
        let mut found = codes(&decoded(header, claims, &[7; 256]));
        if header.contains("none") || header.contains("nOnE") {
            found.dedup();
        }
        assert_eq!(found, *expected, "{header} {claims}");
    }
    for (signature, expected) in [(vec![0; 64], "signature-zero"), (vec![7; 70], "signature-length")] {
        assert_eq!(codes(&decoded(r#"{"alg":"ES256"}"#, FINE, &signature)), [expected]);
    }
    let large = format!(r#"{{"aud":"a","exp":EXP,"groups":["{}"]}}"#, "x".repeat(9000));
    assert_eq!(codes(&decoded(RS, &large, &[7; 256])), ["token-large"]);
    let id_token = decoded(RS, r#"{"iss":"https://i","sub":"s","aud":"c","iat":IAT,"exp":EXP,"nonce":"n"}"#, &[7; 256]);
    assert_eq!(used_as_access_token(&id_token).map(|finding| finding.code.name), Some("id-token-as-access-token"));
    assert_eq!(used_as_access_token(&decoded(RS, FINE, &[7; 256])), None);
    let altered = not_as_given(LeftOut::Character('\u{200b}'));
    assert_eq!(altered.code.name, "token-not-as-given");
    assert!(altered.message.starts_with("the character U+200B was removed"), "{}", altered.message);
}

#[test]
fn every_code_is_covered_by_a_test() {
    let tests = [
        include_str!("tests.rs"),
        include_str!("forgeable.rs"),
        include_str!("../decode/tests.rs"),
        include_str!("../read/sd_jwt.rs"),
    ];
    // the test of the checksum refers to the constant
    let elsewhere = ["checksum-wrong"];
    for code in CODES {
        let named = tests
            .iter()
            .any(|text| text.contains(&format!("\"{}", code.name)) || text.contains(&format!(" {}", code.name)));
        assert!(named || elsewhere.contains(&code.name), "{}", code.name);
    }
}
