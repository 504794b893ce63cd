//! Claims of the identities of jobs, deployments and machines.

use super::{Term, table};

pub(in crate::token) const CIRCLECI: &[Term] = table! {
    "CircleCI: OpenID Connect tokens in jobs" {
        "aud": "audience: the ID of the organization, unless the job requests another",
        "sub": "subject: organization, project and user of the job",
        "oidc.circleci.com/project-id": "project of the job",
        "oidc.circleci.com/org-id": "organization of the job",
        "oidc.circleci.com/context-ids": "contexts that the job uses",
        "oidc.circleci.com/pipeline-id": "pipeline of the job",
        "oidc.circleci.com/pipeline-definition-id": "definition of the pipeline",
        "oidc.circleci.com/workflow-id": "workflow of the job",
        "oidc.circleci.com/job-id": "identifier of the job",
        "oidc.circleci.com/ssh-rerun": "whether the job was rerun with SSH, so that a user can read its secrets",
        "oidc.circleci.com/vcs-origin": "repository of the project",
        "oidc.circleci.com/vcs-ref": "branch or tag that the job runs on",
    }
};

pub(in crate::token) const BUILDKITE: &[Term] = table! {
    "Buildkite: OIDC in Buildkite Pipelines" {
        "sub": "subject: organization, pipeline, ref, commit and step of the job",
        "aud": "audience, as requested by the job",
        "organization_slug": "organization of the job",
        "organization_id": "identifier of the organization",
        "pipeline_slug": "pipeline of the job",
        "pipeline_id": "identifier of the pipeline",
        "build_number": "number of the build",
        "build_branch": "branch that the build runs on",
        "build_tag": "tag that the build runs on",
        "build_commit": "commit that the build runs on",
        "build_source": "trigger of the build",
        "step_key": "step of the job",
        "job_id": "identifier of the job",
        "agent_id": "agent that executes the job",
        "runner_environment": "whether the agent is hosted by Buildkite",
    }
};

pub(in crate::token) const TERRAFORM: &[Term] = table! {
    "HCP Terraform: workload identity tokens" {
        "sub": "subject: organization, project, workspace and phase of the run",
        "terraform_run_phase": "phase of the run: `plan` or `apply`",
        "terraform_run_id": "identifier of the run",
        "terraform_workspace_id": "identifier of the workspace",
        "terraform_workspace_name": "workspace of the run",
        "terraform_project_id": "identifier of the project",
        "terraform_project_name": "project of the workspace",
        "terraform_organization_id": "identifier of the organization",
        "terraform_organization_name": "organization of the workspace",
        "terraform_full_workspace": "organization, project and workspace of the run",
    }
};

pub(in crate::token) const BITBUCKET: &[Term] = table! {
    "Bitbucket Cloud: OpenID Connect for Pipelines" {
        "aud": "audience: the workspace",
        "sub": "subject: repository, deployment environment and step",
        "workspaceUuid": "workspace of the repository",
        "repositoryUuid": "repository of the pipeline",
        "pipelineUuid": "pipeline of the step",
        "pipelineRunUuid": "run of the pipeline",
        "stepUuid": "identifier of the step",
        "deploymentEnvironmentUuid": "deployment environment of the step",
        "branchName": "branch that the step runs on",
    }
};

pub(in crate::token) const AZURE_DEVOPS: &[Term] = table! {
    "Azure DevOps: workload identity federation" {
        "aud": "audience: the token exchange of Microsoft Entra",
        "sub": "subject: organization, project and service connection",
        "org_id": "identifier of the organization",
        "prj_id": "identifier of the project",
        "def_id": "identifier of the pipeline definition",
        "run_id": "identifier of the run",
        "rpo_id": "identifier of the repository",
        "rpo_uri": "URL of the repository",
        "rpo_ver": "commit that the run uses",
        "rpo_ref": "branch or tag that the run uses",
    }
};

pub(in crate::token) const VERCEL: &[Term] = table! {
    "Vercel: OIDC federation reference" {
        "aud": "audience: the team",
        "sub": "subject: team, project and environment of the deployment",
        "scope": "the same as `sub`: not scopes",
        "owner": "team of the project",
        "owner_id": "identifier of the team",
        "project": "project of the deployment",
        "project_id": "identifier of the project",
        "environment": "environment of the deployment",
        "plan": "plan of the team",
        "user_id": "user, in the development environment",
    }
};

pub(in crate::token) const FLY: &[Term] = table! {
    "Fly.io: OpenID Connect" {
        "sub": "subject: organization, app and machine",
        "app_id": "identifier of the app",
        "app_name": "app of the machine",
        "org_id": "identifier of the organization",
        "org_name": "organization of the app",
        "machine_id": "identifier of the machine",
        "machine_name": "name of the machine",
        "machine_version": "version of the machine's configuration",
        "image": "image that the machine runs",
        "image_digest": "digest of the image",
        "region": "region of the machine",
    }
};

pub(in crate::token) const VAULT: &[Term] = table! {
    "HashiCorp Vault: identity tokens" {
        "iss": "issuer: the identity secrets engine of a Vault server",
        "aud": "audience: the client ID of the role",
        "sub": "subject: the ID of the entity",
        "namespace": "namespace of the entity",
        "vaultproject.io": "facts about the mount that the token was created for (plugin identity)",
    }
};

pub(in crate::token) const SPACELIFT: &[Term] = table! {
    "Spacelift: OpenID Connect" {
        "sub": "subject: space, stack, run type and access level",
        "spaceId": "space of the stack",
        "callerType": "`stack` or `module`",
        "callerId": "stack or module of the run",
        "runType": "type of the run",
        "runId": "identifier of the run",
        "scope": "`read` or `write`: the access of the run, not scopes",
    }
};

pub(in crate::token) const AWS_STS: &[Term] = table! {
    "AWS IAM: outbound identity federation" {
        "iss": "issuer: the account's own URL at AWS STS",
        "sub": "subject: the ARN of the IAM principal",
        "https://sts.amazonaws.com/": "facts about the account, the principal and its session",
        "https://sts.amazonaws.com//aws_account": "account of the principal",
        "https://sts.amazonaws.com//org_id": "organization of the account",
        "https://sts.amazonaws.com//principal_tags": "tags of the principal",
        "https://sts.amazonaws.com//request_tags": "tags of the request",
    }
};

pub(in crate::token) const NOMAD: &[Term] = table! {
    "Nomad: workload identity" {
        "nomad_namespace": "namespace of the job",
        "nomad_job_id": "job of the task",
        "nomad_task": "task that the token identifies",
        "nomad_service": "service that the token identifies",
        "nomad_allocation_id": "allocation of the task",
        "sub": "subject: region, namespace, job, group, task and identity",
    }
};

pub(in crate::token) const PULUMI: &[Term] = table! {
    "Pulumi Cloud: OpenID Connect" {
        "sub": "subject: organization, project, stack and operation, or the environment",
        "org": "organization of the stack",
        "project": "project of the stack",
        "stack": "stack that is deployed",
        "operation": "operation, such as `preview` or `update`",
        "scope": "kind of operation, `read` or `write`: not scopes",
        "deploymentId": "identifier of the deployment",
        "current_env": "environment that is opened",
    }
};

pub(in crate::token) const SEMAPHORE: &[Term] = table! {
    "Semaphore: OpenID Connect" {
        "sub": "subject: organization, project, repository and ref of the job",
        "prj_id": "identifier of the project",
        "wf_id": "identifier of the workflow",
        "ppl_id": "identifier of the pipeline",
        "job_id": "identifier of the job",
        "branch": "branch that the job runs on",
        "prj": "project of the job",
    }
};

pub(in crate::token) const CODEFRESH: &[Term] = table! {
    "Codefresh: OIDC in pipelines" {
        "sub": "subject: account, pipeline and initiator of the build",
        "account_id": "identifier of the account",
        "pipeline_id": "identifier of the pipeline",
        "workflow_id": "identifier of the build",
        "initiator": "trigger of the build",
    }
};

pub(in crate::token) const HARNESS: &[Term] = table! {
    "Harness: OIDC token claims" {
        "sub": "subject: account, organization and project of the pipeline",
        "account_id": "identifier of the account",
        "organization_id": "identifier of the organization",
        "project_id": "identifier of the project",
        "pipeline_id": "identifier of the pipeline",
        "context": "pipeline, stage and step",
    }
};
