"""What the program says when a person, not the program, has to act."""


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
