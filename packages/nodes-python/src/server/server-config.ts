/** What one client connects with. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Who may connect to an embedded server. */
export interface ServerUsers {
  readonly host: Credentials
  readonly worker: Credentials
  /** Reads the server's own counts; sees no message of the others. */
  readonly system: Credentials
}

export const MAX_PAYLOAD = 8 * 1024 * 1024

/** The configuration of an embedded server: loopback, a port the system picks, no monitoring port. */
export function serverConfig(folder: string, users: ServerUsers): string {
  const who = ({ user, password }: Credentials) =>
    `user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}`
  return `host: "127.0.0.1"
port: -1
ports_file_dir: ${JSON.stringify(folder)}
max_payload: ${MAX_PAYLOAD}
ping_interval: "2s"
ping_max: 2
system_account: SYS
accounts {
  ANABRANCH {
    users: [
      { ${who(users.host)} }
      { ${who(users.worker)}, permissions: {
        publish: { allow: ["anb.*.*.*.out", "anb.*.*.*.ctl"] }
        subscribe: { allow: ["anb.*.*.*.in"] }
      } }
    ]
  }
  SYS { users: [ { ${who(users.system)} } ] }
}
`
}
