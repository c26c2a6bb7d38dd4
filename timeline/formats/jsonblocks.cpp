// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/jsonblocks.h"
#include "store/discard.h"
#include <algorithm>

namespace calltide::formats::json {

size_t JsonBlocks::threadsFor(int wanted, const Input& input)
{
    const auto threads = size_t(std::clamp(wanted > 0 ? wanted : int(std::thread::hardware_concurrency()), 1, 64));
    return input.compressed() ? threads : size_t(std::min<uint64_t>(threads, input.fileSize() / kPiece + 1));
}

JsonBlocks::JsonBlocks(Window& window, Model& model, size_t threads, const store::Progress* progress)
    : m_window(window)
    , m_model(model)
    , m_threads(threads)
    , m_progress(progress)
    , m_scanners(threads)
    , m_crew(threads - 1)
{
}

void JsonBlocks::scanPiece(Piece& piece, const char* from, size_t scanner, const char* end, bool last)
{
    piece.batch.clear();
    piece.scanner = scanner;
    piece.first = from;
    piece.next = json::scanPiece(m_scanners[scanner], piece.batch, from, piece.limit, m_window.data(), end, m_window.base(),
        last, piece.closed);
}

const char* JsonBlocks::scan(bool last, bool& closed)
{
    const char *begin = m_window.at(), *end = m_window.end();
    const size_t count = std::clamp<size_t>(size_t(end - begin) / kPiece, 1, bytesAtOnce() / kPiece * 2);
    Block& block = m_blocks[m_turn];
    if (block.pieces.size() < count)
        block.pieces.resize(count);
    block.data = m_window.data();
    block.base = m_window.base();
    block.text = m_window.hold();
    for (size_t k = 0; k < count; k++)
        block.pieces[k].limit = k + 1 == count ? end : begin + size_t(end - begin) / count * (k + 1);
    const size_t ahead = m_window.prepareAhead(); // the first piece of work, because it takes long
    m_crew.begin(count + ahead, [&, ahead](size_t k, size_t who) {
        if (k < ahead)
            return m_window.readAhead();
        k -= ahead;
        const Stop stop(m_progress);
        const char* from = k ? guessEvent(block.pieces[k - 1].limit, begin, end) : begin;
        block.pieces[k].first = nullptr;
        if (from)
            scanPiece(block.pieces[k], from, who, end, last);
    });
    takeScanned();
    m_crew.finish();

    const Stop stopping(m_progress);
    const char* stop = begin;
    closed = false;
    for (size_t k = 0; k < count && !closed; k++) {
        Piece& piece = block.pieces[k];
        if (piece.first != stop) {
            if (stop >= piece.limit && k + 1 < count) {
                piece.batch.clear();
                continue;
            }
            scanPiece(piece, stop, 0, end, last);
        }
        m_model.learn(piece.scanner, m_scanners[piece.scanner], piece.batch);
        stop = piece.next;
        closed = piece.closed;
        block.good = k + 1;
        if (stop < piece.limit)
            break;
    }
    m_turn ^= 1;
    return stop;
}

void JsonBlocks::takeScanned()
{
    Block& block = m_blocks[m_turn ^ 1];
    for (size_t k = 0; k < block.good; k++)
        m_model.take(block.pieces[k].scanner, block.pieces[k].batch, block.data, block.base);
    block.good = 0;
    block.text = nullptr;
}

void JsonBlocks::giveUp()
{
    for (Block& block : m_blocks)
        store::discard(std::exchange(block, Block()));
    store::discard(std::exchange(m_scanners, {}));
}

bool JsonBlocks::sawField(std::string_view name) const
{
    for (const Block& block : m_blocks)
        for (const Piece& piece : block.pieces)
            for (const std::string& key : piece.batch.unknownKeys)
                if (key == name)
                    return true;
    return false;
}

} // namespace calltide::formats::json
