#!/usr/bin/env python3
"""relay.py ADDRESS PORT...: a bad way from each port of ADDRESS to the same port of 127.0.0.1.

What it passes on comes 100 to 200 ms later (so a question and its answer take 300 ms +- 100 ms), in order, and in small
pieces: byte by byte on about every fourth connection. On SIGUSR1 it becomes a black hole: it takes whatever is sent, and
passes nothing on, no end of a connection either, until SIGUSR2. Then all of that arrives, late, whether or not anybody still
waits for an answer.
"""
import asyncio
import random
import signal
import sys

LEAST_DELAY = 0.1
MOST_DELAY = 0.2
READ_SIZE = 16 * 1024
AT_ONCE = 64  # pieces, before others take their turn
LARGEST_PIECE = 200
BYTE_BY_BYTE = 4  # one connection of so many
END = b""


async def receive(reader, passed):
    """Notes when each piece is due; END is the last one."""
    loop = asyncio.get_running_loop()
    due = 0.0
    while True:
        try:
            piece = await reader.read(READ_SIZE)
        except OSError:
            piece = END
        due = max(due, loop.time() + random.uniform(LEAST_DELAY, MOST_DELAY))
        passed.put_nowait((due, piece))
        if piece == END:
            return


async def pass_on(passed, writer, is_open, size):
    loop = asyncio.get_running_loop()
    while True:
        due, piece = await passed.get()
        await asyncio.sleep(due - loop.time())
        await is_open.wait()
        if piece == END:
            if writer.can_write_eof():
                writer.write_eof()
            return
        for begin in range(0, len(piece), AT_ONCE * size):
            for at in range(begin, min(begin + AT_ONCE * size, len(piece)), size):
                writer.write(piece[at:at + size])  # asyncio sets TCP_NODELAY: each goes on its own
            await writer.drain()
            await asyncio.sleep(0)


async def carry(reader, writer, is_open, size):
    """One way. What was received before the sender's end is passed on all the same."""
    passed = asyncio.Queue()
    receiving = asyncio.create_task(receive(reader, passed))
    try:
        await pass_on(passed, writer, is_open, size)
    except OSError:
        pass  # the receiver has left
    finally:
        receiving.cancel()


async def relay(reader, writer, port, is_open):
    size = random.randint(2, LARGEST_PIECE) if random.randrange(BYTE_BY_BYTE) else 1
    try:
        await is_open.wait()
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(carry(reader, behind_writer, is_open, size), carry(behind_reader, writer, is_open, size))
    for each in (writer, behind_writer):
        each.close()


async def main():
    address, *ports = sys.argv[1:]
    is_open = asyncio.Event()
    is_open.set()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, is_open.clear)
    loop.add_signal_handler(signal.SIGUSR2, is_open.set)
    for port in map(int, ports):
        def accepted(reader, writer, port=port):
            return relay(reader, writer, port, is_open)
        await asyncio.start_server(accepted, address, port, backlog=1024)
    print("listening", flush=True)
    await loop.create_future()


asyncio.run(main())
