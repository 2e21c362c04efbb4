// Who asks, and why. Held in memory alone: a reload asks again, and nothing of it reaches a URL,
// storage or a log.

import { consoleConfig } from '../api/config.svelte';

class Session {
  token = $state<string | null>(null);
  /** Why the user asks; every call bears it. At least 3 characters once signed in. */
  purpose = $state('');
  /** The user's own case number, or the id of a case here; may be ''. */
  caseNumber = $state('');
  /** False from a call that found no server until the next one that did. */
  reachable = $state(true);
  /** The token was good and is no longer. */
  expired = $state(false);
  /** IANA; that of the deployment, unless the user chose another. */
  chosenTimeZone = $state<string | null>(null);
  deploymentTimeZone = $state<string | null>(null);

  readonly signedIn = $derived(this.token !== null);
  readonly timeZone = $derived(
    this.chosenTimeZone ?? this.deploymentTimeZone ?? consoleConfig().time_zone ?? 'UTC',
  );

  signIn(token: string, purpose: string, caseNumber: string): void {
    this.token = token;
    this.purpose = purpose;
    this.caseNumber = caseNumber;
    this.expired = false;
  }

  signOut(): void {
    this.token = null;
    this.purpose = '';
    this.caseNumber = '';
    this.expired = false;
  }

  /** A call was answered 401: the token was revoked or has run out. Purpose and case stay. */
  refused(): void {
    if (this.token === null) return;
    this.token = null;
    this.expired = true;
  }
}

export const session = new Session();
