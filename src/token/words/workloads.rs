//! The words of tokens that say which job, pod or service this is.

use super::{Word, table};

pub(in crate::token) const GITHUB_ACTIONS: &[Word] = table! {
    "GitHub Actions: OpenID Connect reference" {
        "aud": "whom it is meant for: by default the URL of the repository's owner; a workflow can ask for any other",
        "sub": "which workflows this is, by repository and branch, tag, environment or pull request: what a trust policy should match whole",
        "ref": "the branch or tag that the workflow runs on",
        "ref_type": "whether that is a branch or a tag",
        "ref_protected": "whether that branch or tag is protected",
        "sha": "the commit that the workflow runs on",
        "repository": "the repository that the workflow runs in",
        "repository_id": "the same by its number: stays when the name is given to someone else",
        "repository_owner": "the owner of the repository",
        "repository_owner_id": "the same by its number: stays when the name is given to someone else",
        "repository_visibility": "whether the repository is public, internal or private",
        "run_id": "the run of the workflow",
        "run_number": "how many times this workflow has run",
        "run_attempt": "how many times this run was tried",
        "actor": "who set off the run",
        "actor_id": "the same by its number",
        "workflow": "the name of the workflow: anyone who can push can choose it",
        "workflow_ref": "the file of the workflow and its branch or tag",
        "workflow_sha": "the commit of that file",
        "job_workflow_ref": "the reusable workflow that the job runs, and its branch or tag",
        "job_workflow_sha": "the commit of that reusable workflow",
        "event_name": "what set off the run",
        "head_ref": "the branch that a pull request comes from",
        "base_ref": "the branch that a pull request goes to",
        "environment": "the deployment environment of the job",
        "environment_node_id": "the same by its identifier",
        "runner_environment": "whether the runner is GitHub's own or self-hosted",
        "issuer_scope": "which enterprise issued it",
        "enterprise": "the enterprise of the owner",
        "enterprise_id": "the same by its number",
        "check_run_id": "the check that the job reports to",
    }
};

pub(in crate::token) const GITLAB_CI: &[Word] = table! {
    "GitLab CI/CD: OIDC authentication using ID tokens" {
        "aud": "whom it is meant for, as the job asked",
        "sub": "which jobs this is, by project and branch or tag: what a trust policy should match whole",
        "namespace_id": "the group or user that owns the project, by its number: stays when the name is given to someone else",
        "namespace_path": "the same by its path",
        "project_id": "the project by its number: stays when the name is given to someone else",
        "project_path": "the same by its path",
        "user_id": "who set off the job, by number",
        "user_login": "who set off the job",
        "user_email": "the e-mail address of the one who set off the job",
        "user_access_level": "the role of that user in the project",
        "user_identities": "external identities of that user",
        "pipeline_id": "the pipeline that the job belongs to",
        "pipeline_source": "what set off the pipeline",
        "job_id": "the job",
        "ref": "the branch or tag that the job runs on",
        "ref_type": "whether that is a branch or a tag",
        "ref_path": "the same as a full reference",
        "ref_protected": "whether that branch or tag is protected, as a text",
        "groups_direct": "groups that the user is a direct member of",
        "environment": "the environment that the job deploys to",
        "environment_protected": "whether that environment is protected, as a text",
        "deployment_tier": "the tier of that environment",
        "deployment_action": "what the job does to that environment",
        "runner_id": "the runner that does the job",
        "runner_environment": "whether the runner is GitLab's own or self-hosted",
        "sha": "the commit that the job runs on",
        "ci_config_ref_uri": "the file that defines the pipeline, and its branch or tag",
        "ci_config_sha": "the commit of that file",
        "project_visibility": "whether the project is public, internal or private",
        "job_project_id": "the project that the job runs in",
        "job_project_path": "the same by its path",
        "job_namespace_id": "the owner of that project",
        "job_namespace_path": "the same by its path",
    }
};

pub(in crate::token) const KUBERNETES: &[Word] = table! {
    "Kubernetes: managing service accounts" {
        "sub": "the service account as `system:serviceaccount:namespace:name`",
        "aud": "whom it is meant for: by default the API server of the cluster",
        "kubernetes.io": "the objects that it is bound to: it is void when one of them is gone",
        "kubernetes.io/namespace": "the namespace of the service account",
        "kubernetes.io/serviceaccount/name": "the service account",
        "kubernetes.io/serviceaccount/uid": "the same by its identifier: stays unique when the name is used again",
        "kubernetes.io/pod/name": "the pod that it was made for",
        "kubernetes.io/pod/uid": "the same by its identifier",
        "kubernetes.io/node/name": "the node that the pod runs on",
        "kubernetes.io/node/uid": "the same by its identifier",
        "kubernetes.io/secret/name": "the secret that it is kept in",
        "kubernetes.io/secret/uid": "the same by its identifier",
        "kubernetes.io/warnafter": "the time at which it should have been renewed; after `exp` it is refused",
        "kubernetes.io/serviceaccount/namespace": "the namespace of the service account (token kept in a secret)",
        "kubernetes.io/serviceaccount/secret.name": "the secret that it is kept in: such a token never expires",
        "kubernetes.io/serviceaccount/service-account.name": "the service account (token kept in a secret)",
        "kubernetes.io/serviceaccount/service-account.uid": "the same by its identifier",
    }
};

pub(in crate::token) const SPIFFE: &[Word] = table! {
    "SPIFFE: JWT-SVID §3" {
        "sub": "the workload, by its SPIFFE ID",
        "aud": "whom it is meant for: every JWT-SVID has one, and whoever isn't named must refuse it",
        "exp": "the time from which on it must be refused: JWT-SVIDs live for minutes",
    }
};
