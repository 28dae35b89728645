import type { TokenCredential } from '@azure/identity';
import { asKeylessError, KeylessError } from '../errors/errors.ts';
import { replaceRefused } from '../identity/replaceRefused.ts';
import type { Answer } from '../outbound/ask.ts';
import { answerFault } from './answers.ts';
import { exchange, type Sent } from './post.ts';

/**
 * One exchange with a token of a scope. `judge` throws what an answer means; unless told, any 2xx is good. A target that
 * refuses the token (TokenRefused) gets another one, once; where that is refused too, the fault is TargetForbidden.
 */
export async function authorized(
  credential: TokenCredential,
  scope: string,
  sent: Sent,
  judge: (answer: Answer, host: string) => void = requireSuccess,
): Promise<Answer> {
  try {
    return await replaceRefused(credential, scope, async () => {
      const token = (await credential.getToken(scope))?.token ?? '';
      const headers = { authorization: `Bearer ${token}`, ...sent.headers };
      const answer = await exchange({ ...sent, headers });
      judge(answer, new URL(sent.url).host);
      return answer;
    });
  } catch (thrown) {
    const fault = asKeylessError(thrown);
    if (fault.code !== 'TokenRefused') throw fault;
    throw new KeylessError('TargetForbidden', `${fault.message} The token is for ${scope}.`, {
      cause: fault,
    });
  }
}

function requireSuccess(answer: Answer, host: string): void {
  if (answer.status < 200 || answer.status >= 300) throw answerFault(answer, host);
}
