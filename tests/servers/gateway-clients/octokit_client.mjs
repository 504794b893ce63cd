// npm @octokit/action, which reads GITHUB_API_URL and GITHUB_TOKEN itself, and sends `Authorization: token`
import { Octokit } from '@octokit/action';

process.env.GITHUB_ACTION ??= 'test';
const { data } = await new Octokit().rest.issues.listForRepo({ owner: 'o', repo: 'r' });
console.log(data[0].number);
