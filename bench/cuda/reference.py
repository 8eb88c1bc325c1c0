"""Recall spans by brute force: docs/semantics.md over Python lists, programmatic spans left out."""

import copy

import verbatim_cuda as vbt


class Rules:
    def __init__(self, vocab_size, start_token, end_token, barriers, max_span_tokens, min_span_tokens):
        self.vocab_size = vocab_size
        self.start_token = start_token
        self.end_token = end_token
        self.barriers = {*barriers, start_token, end_token}
        self.max_span_tokens = max_span_tokens
        self.min_span_tokens = min_span_tokens


class Sequence:
    """One sequence. A token's run is a number, None where no quote may contain it."""

    def __init__(self, rules, max_tokens):
        self.rules = rules
        self.max_tokens = max_tokens
        self.context_length = 0
        self.ids, self.runs = [], []
        self.spans = []
        self.status = vbt.SEQUENCE_OK
        self._run_is_due = False
        self._history = []

    def add_piece(self, ids, flags):
        """A piece of the context, or an append."""
        is_segment = bool(flags & vbt.SEGMENT)
        starts_run = is_segment or self._run_is_due
        for token in ids:
            self._add(token, not flags & vbt.UNSEARCHABLE, starts_run)
            # A segment ends its run, also where it is cut in its middle.
            starts_run, self._run_is_due = False, is_segment
            self._remember()
        if is_segment:
            self._run_is_due = True
            self._remember()

    def open(self):
        """What follows belongs to the sequence, not to its context."""
        self.context_length = len(self.ids)
        self._history = []
        self._remember()

    @property
    def in_span(self):
        return bool(self.spans) and self.spans[-1]["end"] is None

    @property
    def depth(self):
        return len(self.ids) - self.spans[-1]["start"] if self.in_span else 0

    def append(self, ids, flags):
        if self.status != vbt.SEQUENCE_OK:
            return
        if self.in_span:
            self.status = vbt.SEQUENCE_WRONG_SPAN
        elif len(ids) > self._room():
            self.status = vbt.SEQUENCE_CONTEXT_FULL
        else:
            self.add_piece(ids, flags)

    def accept(self, token):
        if self.status != vbt.SEQUENCE_OK or token == -1:
            return
        if not 0 <= token < self.rules.vocab_size:
            self.status = vbt.SEQUENCE_TOKEN_OUT_OF_RANGE
        elif self._room() == 0:
            self.status = vbt.SEQUENCE_CONTEXT_FULL
        elif self.in_span and token not in self.allowed():
            self.status = vbt.SEQUENCE_TOKEN_NOT_ALLOWED
        else:
            if self.in_span and token == self.rules.end_token:
                self.spans[-1]["end"] = len(self.ids)
            elif not self.in_span and token == self.rules.start_token:
                self.spans.append({"opened_at": len(self.ids), "start": len(self.ids) + 1, "end": None})
            self._add(token, True, self._run_is_due)
            self._run_is_due = False
            self._remember()

    def rollback(self, count):
        if self.status != vbt.SEQUENCE_OK:
            return
        length = len(self.ids) - count
        if count < 0 or length < self.context_length:
            self.status = vbt.SEQUENCE_BAD_LENGTH
            return
        del self.ids[length:], self.runs[length:], self._history[length - self.context_length + 1 :]
        spans, self._run_is_due = self._history[-1]
        self.spans = copy.deepcopy(spans)

    def fork(self):
        return copy.deepcopy(self, {id(self.rules): self.rules})

    def candidates(self, span=-1):
        """S_k of a span, ascending."""
        found = self.spans[span]
        quote = self.ids[found["start"] : found["end"]]
        return [i for i in range(found["opened_at"]) if self._matches(i, quote, found["opened_at"])]

    def continuations(self):
        if self.depth == self.rules.max_span_tokens:
            return set()
        return set(self._next(self.candidates(), self.depth))

    def allowed(self):
        """What a row of the sequence allows; None: everything."""
        if self.status != vbt.SEQUENCE_OK:
            return {self.rules.end_token}
        if not self.in_span:
            return None
        continuations = self.continuations()
        is_withheld = self.depth < self.rules.min_span_tokens and continuations
        return continuations if is_withheld else continuations | {self.rules.end_token}

    def draft(self, limit, latest):
        if self.status != vbt.SEQUENCE_OK or not self.in_span:
            return []
        chosen, drafted = self.candidates(), []
        if latest:
            chosen = [i for i in chosen if self._next([i], self.depth)][-1:]
        for k in range(self.depth, min(self.depth + limit, self.rules.max_span_tokens)):
            following = set(self._next(chosen, k))
            if len(following) != 1:
                break
            drafted += following
            chosen = [i for i in chosen if self._next([i], k)]
        return drafted

    def _room(self):
        return self.context_length + self.max_tokens - len(self.ids)

    def _add(self, token, searchable, starts_run):
        searchable = searchable and token not in self.rules.barriers
        continues = self.runs and self.runs[-1] is not None and not starts_run
        # A run's number is the position of its first token.
        run = self.runs[-1] if continues else len(self.ids)
        self.ids.append(token)
        self.runs.append(run if searchable else None)

    def _remember(self):
        del self._history[len(self.ids) - self.context_length :]
        self._history.append((copy.deepcopy(self.spans), self._run_is_due))

    def _matches(self, i, quote, limit):
        end = i + max(1, len(quote))
        if end > limit or self.runs[i] is None or self.runs[end - 1] != self.runs[i]:
            return False
        return self.ids[i : i + len(quote)] == quote

    def _next(self, candidates, k):
        limit = self.spans[-1]["opened_at"]
        ends = [i + k for i in candidates if i + k < limit and self.runs[i + k] == self.runs[i]]
        return [self.ids[end] for end in ends]
