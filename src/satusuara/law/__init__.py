"""What an election law says, as dated and cited data. Code asks the law; nothing of a country stands outside it."""

from satusuara.law import model
from satusuara.law.expressions import Expression
from satusuara.law.loader import available_laws, folder_of, folders_of, load_law
from satusuara.law.model import Contest, FormSpec, Identity, Law

__all__ = [
    "Contest", "Expression", "FormSpec", "Identity", "Law", "available_laws", "folder_of", "folders_of", "load_law",
    "model",
]  # fmt: skip
