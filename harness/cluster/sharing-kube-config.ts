/** A kubeconfig whose connections share one TLS context, since the library makes one anew for every request. */
import { Agent, type RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import { KubeConfig, type RequestContext } from "@kubernetes/client-node";

/**
 * OpenSSL keeps a context's certificates outside of what the garbage collector counts: of a run with thousands of
 * requests, contexts of their own were hundreds of megabytes. Connections are still one a request: one that is kept
 * may have died with the API server that a fault took away. Proxies' agents stay as the library makes them.
 */
export class SharingKubeConfig extends KubeConfig {
  #shared: { readonly credentials: string; readonly agent: Agent } | undefined;

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    const { agent } = options;
    if (agent instanceof Agent) options.agent = this.#sharedFor(agent.options);
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    const agent = context.getAgent();
    if (agent instanceof Agent) context.setAgent(this.#sharedFor(agent.options));
  }

  /** The agent of these credentials; others, as after a renewal of a certificate's file, get a new one. */
  #sharedFor({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): Agent {
    const credentials = [ca, cert, key, rejectUnauthorized, servername].map(String).join("\n");
    if (this.#shared?.credentials !== credentials) {
      const secureContext = createSecureContext({ ca, cert, key });
      // Timeouts are each request's own: what an agent says of them would go before.
      const verify = rejectUnauthorized === undefined ? {} : { rejectUnauthorized };
      const agent = new Agent({ secureContext, servername, ...verify });
      this.#shared = { credentials, agent };
    }
    return this.#shared.agent;
  }
}
