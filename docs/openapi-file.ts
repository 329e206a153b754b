/** The OpenAPI document as a file, as a control plane serves it. */
import { startTestControlPlane } from '../test/support/control-plane.ts';

export async function openApiFile(): Promise<string> {
  await using controlPlane = await startTestControlPlane();
  const response = await fetch(`${controlPlane.url}/openapi.json`);
  return `${JSON.stringify(await response.json(), null, 1)}\n`;
}
