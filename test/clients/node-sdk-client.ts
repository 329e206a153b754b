/** The core of the official Node SDK as its generated ELB client uses it. */
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { seed } from '../support/control-plane.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests read whatever the API answers
export type Answer = any;

type Call = Parameters<HcClient['sendRequest']>[0];

/** A client for the project of the tests. */
export function clientWith(url: string, secret: string): HcClient {
  const credential = new BasicCredentials()
    .withAk('TESTAK0123456789')
    .withSk(secret)
    .withProjectId(seed.projectId);
  return new ClientBuilder((made: HcClient) => made).withEndpoint(url).withCredential(credential).build();
}

/** As `ParamCreater` of the generated client makes them for calls without a body. */
export function reading(
  method: 'GET' | 'DELETE',
  url: string,
  pathParams: Record<string, string>,
  queryParams: Record<string, unknown> = {},
): Call {
  return { method, url, contentType: 'application/json', queryParams, pathParams, headers: {} };
}

/** As `ParamCreater` makes them for calls with a body. */
export function writing(
  method: 'POST' | 'PUT',
  url: string,
  pathParams: Record<string, string>,
  data: Record<string, unknown>,
): Call {
  const contentType = 'application/json;charset=UTF-8';
  const headers = { 'Content-Type': contentType };
  return { method, url, contentType, queryParams: {}, pathParams, headers, data };
}
