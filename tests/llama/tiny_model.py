"""Writes a model of random weights, small enough to be made in a moment: `python tiny_model.py OUT.gguf`.

Run by the interpreter of `.venv-llama`, which has `gguf` and `numpy`. What it answers is nonsense; that a
server loads it, counts its tokens, keeps its window and its seeds is real.
"""

from __future__ import annotations

import sys

import numpy as np
from gguf import GGUFWriter, TokenType

WIDTH, HIDDEN, BLOCKS, HEADS, WINDOW = 64, 128, 2, 4, 2048
WORDS = ("def", "return", "for", "in", "if", "not", "line", "of", "the", "notes", "word", "zebra", "says")


def vocabulary() -> tuple[list[str], list[float], list[int]]:
    """Tokens, scores and kinds: control tokens, every byte, printable characters, a few words."""
    tokens, kinds = ["<unk>", "<s>", "</s>"], [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL]
    tokens += [f"<0x{byte:02X}>" for byte in range(256)]
    kinds += [TokenType.BYTE] * 256
    plain = [chr(code) for code in range(0x21, 0x7F)] + ["▁", "\n"]
    starts = {word[:end] for word in WORDS for end in range(2, len(word) + 1)}
    plain += sorted(starts | {"▁" + word for word in starts | {word[0] for word in WORDS}}, key=len)
    tokens += plain
    kinds += [TokenType.NORMAL] * len(plain)
    return tokens, [-float(number) for number in range(len(tokens))], [int(kind) for kind in kinds]


def main(path: str) -> None:
    """Write the model."""
    random = np.random.default_rng(7)
    tokens, scores, kinds = vocabulary()
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny random")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)

    def tensor(name: str, *shape: int) -> None:
        writer.add_tensor(f"{name}.weight", random.normal(0, 0.3, shape).astype(np.float32))

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, dtype=np.float32))

    tensor("token_embd", len(tokens), WIDTH)
    for block in range(BLOCKS):
        norm(f"blk.{block}.attn_norm")
        norm(f"blk.{block}.ffn_norm")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            tensor(f"blk.{block}.{part}", WIDTH, WIDTH)
        tensor(f"blk.{block}.ffn_gate", HIDDEN, WIDTH)
        tensor(f"blk.{block}.ffn_up", HIDDEN, WIDTH)
        tensor(f"blk.{block}.ffn_down", WIDTH, HIDDEN)
    norm("output_norm")
    tensor("output", len(tokens), WIDTH)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
