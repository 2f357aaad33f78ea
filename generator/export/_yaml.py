"""Takes plain values, gives them as YAML: by the library's C writer where it is built in, whose bytes are the same."""

import yaml

WRITER: type[yaml.SafeDumper | yaml.CSafeDumper] = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


def written(content: object, width: int) -> str:
    """Return the content in the order that it has, lines folded at `width` characters."""
    text: str = yaml.dump(content, Dumper=WRITER, sort_keys=False, allow_unicode=True, width=width)
    return text
