//! Claims of workload identity tokens: CI jobs, pods, services.

use super::{Term, table};

pub(in crate::token) const GITHUB_ACTIONS: &[Term] = table! {
    "GitHub Actions: OpenID Connect reference" {
        "aud": "audience: by default the URL of the repository owner; a workflow can request another",
        "sub": "subject: the repository with its branch, tag, environment or pull request; match it whole in a trust policy",
        "ref": "branch or tag that the workflow runs on",
        "ref_type": "whether `ref` is a branch or a tag",
        "ref_protected": "whether `ref` is protected",
        "sha": "commit that the workflow runs on",
        "repository": "repository that the workflow runs in",
        "repository_id": "numeric ID of the repository: unchanged by a rename",
        "repository_owner": "owner of the repository",
        "repository_owner_id": "numeric ID of the owner: unchanged by a rename",
        "repository_visibility": "whether the repository is public, internal or private",
        "run_id": "identifier of the workflow run",
        "run_number": "sequence number of the run within the workflow",
        "run_attempt": "attempt number of the run",
        "actor": "account that triggered the run",
        "actor_id": "numeric ID of the actor",
        "workflow": "name of the workflow: anyone with push access can choose it",
        "workflow_ref": "workflow file and its ref",
        "workflow_sha": "commit of the workflow file",
        "job_workflow_ref": "reusable workflow file and its ref",
        "job_workflow_sha": "commit of the reusable workflow file",
        "event_name": "event that triggered the run",
        "head_ref": "source branch of the pull request",
        "base_ref": "target branch of the pull request",
        "environment": "deployment environment of the job",
        "environment_node_id": "node ID of the environment",
        "runner_environment": "whether the runner is `github-hosted` or `self-hosted`",
        "issuer_scope": "enterprise that the issuer is specific to",
        "enterprise": "enterprise of the repository owner",
        "enterprise_id": "numeric ID of the enterprise",
        "check_run_id": "check run of the job",
    }
};

pub(in crate::token) const GITLAB_CI: &[Term] = table! {
    "GitLab CI/CD: OIDC authentication using ID tokens" {
        "aud": "audience, as requested by the job",
        "sub": "subject: the project with its branch or tag; match it whole in a trust policy",
        "namespace_id": "numeric ID of the group or user that owns the project: unchanged by a rename",
        "namespace_path": "path of the group or user that owns the project",
        "project_id": "numeric ID of the project: unchanged by a rename",
        "project_path": "path of the project",
        "user_id": "numeric ID of the user who started the job",
        "user_login": "username of the user who started the job",
        "user_email": "email address of the user who started the job",
        "user_access_level": "access level of the user in the project",
        "user_identities": "external identities of the user",
        "pipeline_id": "pipeline of the job",
        "pipeline_source": "event that triggered the pipeline",
        "job_id": "identifier of the job",
        "ref": "branch or tag that the job runs on",
        "ref_type": "whether `ref` is a branch or a tag",
        "ref_path": "fully qualified ref",
        "ref_protected": "whether `ref` is protected, as a string",
        "groups_direct": "groups that the user is a direct member of",
        "environment": "environment that the job deploys to",
        "environment_protected": "whether the environment is protected, as a string",
        "deployment_tier": "tier of the environment",
        "deployment_action": "action of the job on the environment",
        "runner_id": "runner that executes the job",
        "runner_environment": "whether the runner is `gitlab-hosted` or `self-hosted`",
        "sha": "commit that the job runs on",
        "ci_config_ref_uri": "pipeline definition file and its ref",
        "ci_config_sha": "commit of the pipeline definition file",
        "project_visibility": "whether the project is public, internal or private",
        "job_project_id": "numeric ID of the project that the job runs in",
        "job_project_path": "path of the project that the job runs in",
        "job_namespace_id": "numeric ID of the owner of that project",
        "job_namespace_path": "path of the owner of that project",
    }
};

pub(in crate::token) const KUBERNETES: &[Term] = table! {
    "Kubernetes: managing service accounts" {
        "sub": "subject: the service account, as `system:serviceaccount:namespace:name`",
        "aud": "audience: by default the API server of the cluster",
        "kubernetes.io": "objects that the token is bound to: it is invalid once one of them is deleted",
        "kubernetes.io/namespace": "namespace of the service account",
        "kubernetes.io/serviceaccount/name": "name of the service account",
        "kubernetes.io/serviceaccount/uid": "UID of the service account: unique even if the name is reused",
        "kubernetes.io/pod/name": "pod that the token is bound to",
        "kubernetes.io/pod/uid": "UID of the pod",
        "kubernetes.io/node/name": "node of the pod",
        "kubernetes.io/node/uid": "UID of the node",
        "kubernetes.io/secret/name": "secret that the token is bound to",
        "kubernetes.io/secret/uid": "UID of the secret",
        "kubernetes.io/warnafter": "time by which the token should have been renewed; still valid until `exp`",
        "kubernetes.io/serviceaccount/namespace": "namespace of the service account (legacy token in a secret)",
        "kubernetes.io/serviceaccount/secret.name": "secret that holds the token (legacy): such a token never expires",
        "kubernetes.io/serviceaccount/service-account.name": "name of the service account (legacy token in a secret)",
        "kubernetes.io/serviceaccount/service-account.uid": "UID of the service account (legacy token in a secret)",
    }
};

pub(in crate::token) const SPIFFE: &[Term] = table! {
    "SPIFFE: JWT-SVID §3" {
        "sub": "subject: the SPIFFE ID of the workload",
        "aud": "audience: others must reject the JWT-SVID",
        "exp": "expiration time of the JWT-SVID",
    }
};
