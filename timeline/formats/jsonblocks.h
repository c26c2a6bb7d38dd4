// SPDX-License-Identifier: GPL-3.0-or-later
// Events of a long list, block by block on all threads. A block is cut into pieces. A piece starts where an event seems
// to begin and counts only if the piece before it stopped exactly there, so a wrong guess costs time, never a result.
// While a block is scanned, the one before it goes to the model and the one behind it is read.
#pragma once
#include "formats/crew.h"
#include "formats/jsonmodel.h"
#include "formats/jsonwindow.h"

namespace calltide::formats::json {

class JsonBlocks
{
public:
    // progress: null, or what stops a scan; events are then missing.
    JsonBlocks(Window& window, Model& model, size_t threads, const store::Progress* progress);
    static size_t threadsFor(int wanted, const Input& input); // 0: as many as the machine has, and the input is worth
    static size_t bytesAtOnce(size_t threads) { return threads * kBytesAThread; }
    size_t bytesAtOnce() const { return bytesAtOnce(m_threads); }

    // Scans the window's unread text; the place where it stopped. last: nothing follows it. closed: the place is the
    // list's ']'. The events come to the model by the next call, or by finish().
    const char* scan(bool last, bool& closed);
    void finish() { takeScanned(); }
    void giveUp(); // of all that was scanned, whose memory another thread gives back
    bool sawField(std::string_view name) const; // among those that nothing is done with

private:
    static constexpr size_t kBytesAThread = 1 << 20, kPiece = 256 << 10;
    struct Piece
    {
        Batch batch;
        size_t scanner = 0;
        const char *first = nullptr, *limit = nullptr, *next = nullptr;
        bool closed = false;
    };
    struct Block
    {
        std::vector<Piece> pieces;
        size_t good = 0; // pieces that count, from the first on
        const char* data = nullptr;
        uint64_t base = 0;
        std::shared_ptr<const void> text;
    };
    void scanPiece(Piece& piece, const char* from, size_t scanner, const char* end, bool last);
    void takeScanned();

    Window& m_window;
    Model& m_model;
    size_t m_threads;
    const store::Progress* m_progress;
    std::vector<Scanner> m_scanners; // one a thread
    Block m_blocks[2]; // in turn: one is scanned, one is taken
    size_t m_turn = 0;
    Crew m_crew; // last: its threads use the others
};

} // namespace calltide::formats::json
