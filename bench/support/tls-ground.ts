/** The certificate and the one suite that every peer speaks TLS with. */
import { serverPair } from '../../test/support/pem.ts';

export const tlsPair = serverPair('ec');

export const tlsVersion = 'TLSv1.2';

export const tlsCipher = 'ECDHE-ECDSA-AES128-GCM-SHA256';
