/** The operations of certificates. */
import { type Static, Type } from 'typebox';
import { certificate } from '../../model/certificate.ts';
import type { Operation } from '../../model/operation.ts';
import { described, strict } from '../../model/schemas.ts';
import {
  type CertificateView,
  createCertificate,
  deleteCertificate,
  deleteCertificates,
  listCertificates,
  showCertificate,
  updateCertificate,
} from '../../service/certificates.ts';
import { isPrivateKeyEchoed, setPrivateKeyEcho } from '../../service/private-key-echo.ts';
import type { Region } from '../../service/region.ts';
import { BatchDeleted, BatchIds, maxBatch } from '../batch.ts';
import { crudOperations } from '../crud.ts';
import { render } from '../render.ts';

const group = 'Certificates';
const path = '/v3/{project_id}/elb/certificates';

const BatchDelete = strict({ certificates: BatchIds });
const Echo = strict({
  private_key_echo: described('Whether private keys are answered, or ****** for them.', Type.Boolean()),
});

function renderCertificate({ certificate: of, keys }: CertificateView): { readonly id: string } {
  return render(certificate, of, keys);
}

export function certificateOperations(region: Region): Operation[] {
  const echo = { path: `${path}/settings/private-key-echo`, group, answer: Echo, status: 200 } as const;
  return [
    ...crudOperations({
      of: certificate,
      names: ['Certificate', 'Certificates'],
      group,
      path,
      idParameter: 'certificate_id',
      secret: true,
      render: renderCertificate,
      service: {
        create: ({ project_id = '' }, body) => createCertificate(region, project_id, body),
        show: ({ project_id = '', certificate_id = '' }) =>
          showCertificate(region, project_id, certificate_id),
        list: ({ project_id = '' }, query) => listCertificates(region, project_id, query),
        update: ({ project_id = '', certificate_id = '' }, body) =>
          updateCertificate(region, project_id, certificate_id, body),
        remove: ({ project_id = '', certificate_id = '' }) =>
          deleteCertificate(region, project_id, certificate_id),
      },
    }),
    {
      id: 'BatchDeleteCertificates',
      action: 'elb:certificates:delete',
      method: 'POST',
      path: `${path}/batch-delete`,
      group,
      summary: `Delete up to ${maxBatch} certificates`,
      body: BatchDelete,
      answer: Type.Object({ certificates: described('What became of each.', Type.Array(BatchDeleted)) }),
      status: 200,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { certificates: ids } = body as Static<typeof BatchDelete>;
        return { body: { certificates: await deleteCertificates(region, project_id, ids) } };
      },
    },
    {
      ...echo,
      id: 'ShowCertificatePrivateKeyEcho',
      action: 'elb:certificates:getPrivateKeyEcho',
      method: 'GET',
      summary: 'Show whether private keys are answered',
      handle: async ({ params: { project_id = '' } }) => ({
        body: { private_key_echo: await isPrivateKeyEchoed(region.store.reader, project_id) },
      }),
    },
    {
      ...echo,
      id: 'CreateCertificatePrivateKeyEcho',
      action: 'elb:certificates:putPrivateKeyEcho',
      actionScope: 'project',
      method: 'POST',
      summary: 'Set whether private keys are answered',
      body: Echo,
      handle: async ({ params: { project_id = '' }, body }) => {
        const { private_key_echo } = body as Static<typeof Echo>;
        await setPrivateKeyEcho(region, project_id, private_key_echo);
        return { body: { private_key_echo } };
      },
    },
  ];
}
