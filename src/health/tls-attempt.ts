import { connect, createSecureContext } from 'node:tls';
import { ConnectionAttempt } from './connection-attempt.ts';

/** One for all: members are not asked who they are, so there is nothing to keep apart. */
const CONTEXT = createSecureContext();

/**
 * A probe over TLS: connect, shake hands, then have the exchange if there is one.
 *
 * The member's certificate is not verified (rules digest 4.4), and no server name is sent: the API answers
 * sni_enable false of every monitor. The reset of the connection below ends the TLS above it too: Node must not be asked
 * for both, which has crashed it.
 */
export class TlsAttempt extends ConnectionAttempt {
  /** What comes first belongs to the handshake. */
  protected override reading(): Record<never, never> {
    return {};
  }

  protected override connected(): void {
    this.phase = 'handshaking';
    const secured = connect({
      socket: this.socket,
      secureContext: CONTEXT,
      rejectUnauthorized: false,
    });
    secured.on('secureConnect', () => {
      if (!this.isOver) this.converse(secured);
    });
    secured.on('data', (piece: Buffer) => this.received(piece.toString('latin1')));
    secured.on('end', () => this.ended());
    secured.on('error', (error) => this.failed(error));
  }
}
