/** What one client connects with. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Who may connect to an embedded server. */
export interface ServerUsers {
  readonly host: Credentials
  /** Reads the server's own counts; sees no message of the others. */
  readonly system: Credentials
  /** By the subjects of each worker: `anb.<run>.<name>`. It hears what is sent to it and says what it has to say, no more. */
  readonly workers: ReadonlyMap<string, Credentials>
}

export const MAX_PAYLOAD = 8 * 1024 * 1024

/** The configuration of an embedded server: loopback, no monitoring port; port -1 lets the system pick one. */
export function serverConfig(folder: string, users: ServerUsers, port: number): string {
  const who = ({ user, password }: Credentials) =>
    `user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}`
  const workers = [...users.workers].map(
    ([subject, worker]) => `      { ${who(worker)}, permissions: {
        publish: { allow: ["${subject}.*.out", "${subject}.*.ctl"] }
        subscribe: { allow: ["${subject}.*.in"] }
      } }
`,
  )
  return `host: "127.0.0.1"
port: ${port}
ports_file_dir: ${JSON.stringify(folder)}
max_payload: ${MAX_PAYLOAD}
ping_interval: "2s"
ping_max: 2
system_account: SYS
accounts {
  ANABRANCH {
    users: [
      { ${who(users.host)} }
${workers.join('')}    ]
  }
  SYS { users: [ { ${who(users.system)} } ] }
}
`
}
