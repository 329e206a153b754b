/** Takes up a renewed certificate without a restart. */
import { unwatchFile, watchFile } from 'node:fs';
import type { ServerCertificate } from '../../api/server.ts';
import type { Logger } from '../../observe/log.ts';
import { type CertificateSource, readCertificate } from './server-certificate.ts';

/** Looked at rather than waited for: renewal tools replace files, links or whole directories. */
const intervalMs = 1000;

export class CertificateWatch {
  readonly #paths: readonly string[];
  readonly #onChange: () => void;

  private constructor(paths: readonly string[], onChange: () => void) {
    this.#paths = paths;
    this.#onChange = onChange;
    for (const path of paths) watchFile(path, { interval: intervalMs, persistent: false }, onChange);
  }

  /**
   * Watches the files of a certificate. While they do not fit each other, as between the writing of the one and of
   * the other, what was served before is served on.
   */
  static start(
    source: CertificateSource,
    use: (certificate: ServerCertificate) => void,
    log: Logger,
  ): CertificateWatch {
    const paths = source.kind === 'files' ? [source.cert, source.key] : [];
    return new CertificateWatch(paths, () => {
      readCertificate(source).then(
        (certificate) => {
          use(certificate);
          log.info({}, 'the API is served under a renewed certificate');
        },
        (error: Error) => log.warn({ why: error.message }, 'a changed certificate is not used'),
      );
    });
  }

  stop(): void {
    for (const path of this.#paths) unwatchFile(path, this.#onChange);
  }
}
