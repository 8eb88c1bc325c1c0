/** Objects by key. Each is one object for all that ask for it, as long as one of them keeps it. */
export class SharedValues<Value extends object> {
  readonly #values = new Map<string, WeakRef<Value>>();
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.#values.get(key)?.deref() === undefined) this.#values.delete(key);
  });

  get(key: string, make: () => Value): Value {
    const shared = this.#values.get(key)?.deref();
    if (shared !== undefined) return shared;
    const made = make();
    this.#values.set(key, new WeakRef(made));
    this.#gone.register(made, key);
    return made;
  }
}
