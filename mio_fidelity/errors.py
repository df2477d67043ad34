"""Sentences for people, kept so that the window can say them in another language."""


class UserError(Exception):
    """Something went wrong that the person can understand and mend.

    Args:
        template: What happened and what to do, in one or two sentences, with ``{names}`` for the parts that
            vary. The window translates the template, so it is written out where the error is raised.
        values: The varying parts.
    """

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template, values)

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template


class Sentence(str):
    """A text that is written, printed and compared as it is, and that the window can translate.

    Args:
        template: The text, with ``{names}`` for the parts that vary, written out where it is made.
        values: The varying parts; they may be sentences themselves.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> "Sentence":
        """The text, with its template and values kept."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made
