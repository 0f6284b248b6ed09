/**
 * A shared library for amd64 that ends the program into which it is loaded with status 0: what LD_PRELOAD can do to a
 * check at its worst. Written by hand, for no compiler is among what a test may count on. Pure.
 *
 * Layout of ELF: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
 */

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const PROGRAM_HEADERS = 3;
const CODE_AT = HEADER_BYTES + PROGRAM_HEADERS * PROGRAM_HEADER_BYTES;
/** exit_group(0): mov eax, 231; xor edi, edi; syscall. */
const code = Buffer.from([0xb8, 231, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05]);
const TABLES_AT = CODE_AT + 16;
/** One empty symbol (24), one empty string (8), and a hash table of one bucket and one chain (16). */
const SYMBOLS_AT = TABLES_AT;
const STRINGS_AT = SYMBOLS_AT + 24;
const HASH_AT = STRINGS_AT + 8;
const DYNAMIC_AT = HASH_AT + 16;

const LOAD = 1;
const DYNAMIC = 2;
const GNU_STACK = 0x6474e551;
const READ_WRITE = 6;
const READ_WRITE_EXECUTE = 7;

/** Tags of the dynamic section: DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_INIT, and the end. */
const dynamic: readonly (readonly [tag: number, value: number])[] = [
  [4, HASH_AT],
  [5, STRINGS_AT],
  [6, SYMBOLS_AT],
  [10, 8],
  [11, 24],
  [12, CODE_AT],
  [0, 0],
];
const DYNAMIC_BYTES = dynamic.length * 16;
const SIZE = DYNAMIC_AT + DYNAMIC_BYTES;

export function makePreload(): Buffer {
  const file = Buffer.alloc(SIZE);
  // 64 bits, little-endian; ET_DYN for x86-64.
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(file);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(PROGRAM_HEADERS, 56);
  writeSegment(file, 0, { type: LOAD, flags: READ_WRITE_EXECUTE, at: 0, bytes: SIZE });
  writeSegment(file, 1, { type: DYNAMIC, flags: READ_WRITE, at: DYNAMIC_AT, bytes: DYNAMIC_BYTES });
  writeSegment(file, 2, { type: GNU_STACK, flags: READ_WRITE, at: 0, bytes: 0 });
  code.copy(file, CODE_AT);
  file.writeUInt32LE(1, HASH_AT);
  file.writeUInt32LE(1, HASH_AT + 4);
  dynamic.forEach(([tag, value], index) => {
    file.writeBigUInt64LE(BigInt(tag), DYNAMIC_AT + index * 16);
    file.writeBigUInt64LE(BigInt(value), DYNAMIC_AT + index * 16 + 8);
  });
  return file;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly at: number;
  readonly bytes: number;
}

function writeSegment(file: Buffer, index: number, { type, flags, at, bytes }: Segment): void {
  const header = HEADER_BYTES + index * PROGRAM_HEADER_BYTES;
  file.writeUInt32LE(type, header);
  file.writeUInt32LE(flags, header + 4);
  for (const field of [8, 16, 24]) file.writeBigUInt64LE(BigInt(at), header + field);
  for (const field of [32, 40]) file.writeBigUInt64LE(BigInt(bytes), header + field);
  file.writeBigUInt64LE(4096n, header + 48);
}
