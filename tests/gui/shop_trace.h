// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up recording of a small web shop, with everything the timeline can draw: two processes, threads, calls down to
// a fraction of a pixel, an exception, garbage collection, events, a counter, spans, flows.
#pragma once
#include "store/builder.h"
#include <random>

inline calltide::store::TracePtr shopTrace()
{
    using namespace calltide::store;
    constexpr int64_t us = 1000, ms = 1'000'000;
    TraceBuilder b;
    std::mt19937 random(11);
    const auto between = [&](int64_t lo, int64_t hi) { return lo + int64_t(random() % uint32_t(hi - lo + 1)); };
    const auto own = [&](const char* name, const char* file, uint32_t line) {
        Function f;
        f.name = b.intern(name);
        f.file = b.intern(file);
        f.line = line;
        f.kind = FunctionKind::Python;
        return b.addFunction(f);
    };
    const auto c = [&](const char* name) {
        Function f;
        f.name = b.intern(name);
        f.kind = FunctionKind::C;
        return b.addFunction(f);
    };
    const char* asyncio = "/usr/lib/python3.13/asyncio/base_events.py";
    const FunctionId forever = own("BaseEventLoop.run_forever", asyncio, 666),
                     once = own("BaseEventLoop._run_once", asyncio, 1907),
                     handle = own("Handle._run", "/usr/lib/python3.13/asyncio/events.py", 84);
    const FunctionId gets[] = {
        own("UserHandler.get", "/srv/shop/handlers/users.py", 31),
        own("OrderHandler.list", "/srv/shop/handlers/orders.py", 52),
        own("AvatarHandler.get", "/srv/shop/handlers/avatars.py", 12), own("handle_request", "/srv/shop/app.py", 40)};
    const FunctionId parts[]
        = {own("load_orders", "/srv/shop/models/order.py", 88), own("price_lines", "/srv/shop/handlers/orders.py", 77),
           own("render_page", "/srv/shop/views.py", 19), own("rows_to_models", "/srv/shop/models/base.py", 140),
           own("render_json", "/srv/shop/views.py", 61)};
    const FunctionId inner[] = {
        own("Template.render", "/srv/shop/template.py", 210), own("serialize_item", "/srv/shop/views.py", 90),
        own("LineItem.total", "/srv/shop/models/order.py", 30), own("User.from_row", "/srv/shop/models/user.py", 22)};
    const FunctionId leaf[]
        = {c("dict.get"), c("str.join"), c("builtins.len"), own("Money.__add__", "/srv/shop/money.py", 14),
           c("json.encoder.c_make_encoder")};
    const FunctionId worker = own("_worker", "/usr/lib/python3.13/concurrent/futures/thread.py", 69),
                     query = own("query_users", "/srv/shop/db.py", 33),
                     load = own("load_avatar", "/srv/shop/thumbs.py", 20),
                     decode = own("decode_png", "/srv/shop/png.py", 9), resize = own("resize", "/srv/shop/png.py", 80);

    Process app{.pid = 4120, .name = b.intern("app.py"), .python = b.intern("3.13.1")};
    app.begin = 0;
    const ProcessId p = b.addProcess(app);
    Process child{
        .pid = 4133, .parentPid = 4120, .parent = p, .name = b.intern("thumbs.py"), .python = b.intern("3.13.1")};
    child.begin = 9 * ms;
    const ProcessId p2 = b.addProcess(child);
    const TrackId requests = b.addTrack({.kind = TrackKind::Async, .process = p, .name = b.intern("Requests")});
    const TrackId main = b.addTrack({.process = p, .tid = 4120, .name = b.intern("MainThread")});
    const TrackId gc = b.addTrack({.kind = TrackKind::Gc, .process = p, .name = b.intern("Garbage collection")});
    const TrackId pool[]
        = {b.addTrack({.process = p, .tid = 4121, .name = b.intern("ThreadPool-0_0")}),
           b.addTrack({.process = p, .tid = 4122, .name = b.intern("ThreadPool-0_1")})};
    const TrackId childMain = b.addTrack({.process = p2, .tid = 4133, .name = b.intern("MainThread")});

    auto& s = b.slices(main);
    const int64_t end = 120 * ms;
    s.add(0, end, forever, kAlreadyRunning | kStillRunning);
    int turn = 0;
    for (int64_t t = between(50 * us, 300 * us); t < end - 14 * ms; ++turn) {
        const int64_t length = turn % 3 == 1 ? between(1 * ms, 2 * ms) : between(7 * ms, 13 * ms);
        s.add(t, length, once);
        s.add(t + 20 * us, length - 60 * us, handle);
        const bool raises = turn == 4;
        s.add(t + 60 * us, length - 150 * us, gets[turn % 4], raises ? uint32_t(kException) : 0);
        int64_t at = t + 90 * us;
        const int64_t last = t + length - 130 * us;
        for (int k = 0; at < last - 100 * us; ++k) {
            const int64_t part = std::min(last - at, between(200 * us, 3500 * us));
            s.add(at, part, parts[random() % 5]);
            for (int64_t i = at + 10 * us; i < at + part - 60 * us;) {
                const int64_t step = std::min(at + part - 20 * us - i, between(40 * us, 1500 * us));
                s.add(i, step, inner[random() % 4]);
                for (int64_t j = i + 2 * us; j < i + step - 6 * us;) {
                    const int64_t tiny = std::min(i + step - j - 1 * us, between(3 * us, 30 * us));
                    s.add(j, tiny, leaf[random() % 5]);
                    j += tiny + between(1 * us, 25 * us);
                }
                i += step + between(5 * us, 60 * us);
            }
            at += part + between(10 * us, 90 * us);
        }
        t += length + between(30 * us, 500 * us);
    }
    auto& r = b.slices(requests);
    for (int lane = 0; lane < 2; ++lane) {
        const FunctionId names[]
            = {own("GET /avatars/7.png", "", 0), own("POST /orders", "", 0), own("GET /users/17", "", 0)};
        for (int64_t t = lane * 3 * ms; t < 100 * ms && lane == 0; t += 34 * ms)
            r.add(t, 32 * ms, names[size_t(t / ms) % 3]);
        for (int64_t t = 2 * ms; t < 100 * ms && lane == 1; t += 34 * ms)
            r.add(t, 25 * ms, names[size_t(t / ms + 1) % 3]);
    }
    Function sweep;
    sweep.name = b.intern("gen 2 · 9 871 objects");
    Function young;
    young.name = b.intern("gen 0 · 700 objects");
    b.slices(gc).add(12 * ms, 700 * us, b.addFunction(young));
    b.slices(gc).add(55 * ms, 400 * us, b.addFunction(young));
    b.slices(gc).add(82 * ms, 3200 * us, b.addFunction(sweep));
    for (int i = 0; i < 2; ++i) {
        auto& w = b.slices(pool[i]);
        for (int64_t t = between(5 * ms, 20 * ms); t < end - 30 * ms; t += between(24 * ms, 40 * ms)) {
            const int64_t length = between(6 * ms, 21 * ms);
            w.add(t, length, worker);
            w.add(t + 50 * us, length - 100 * us, i ? query : load);
            for (int64_t k = t + 200 * us; k < t + length - 400 * us; k += between(800 * us, 4000 * us))
                w.add(k, std::min<int64_t>(t + length - 100 * us - k, 700 * us), random() % 2 ? decode : resize);
        }
    }
    auto& cm = b.slices(childMain);
    cm.add(40 * ms, 76 * ms, own("<module>", "/srv/shop/thumbs.py", 1));
    for (int64_t t = 41 * ms; t < 80 * ms; t += 4 * ms)
        cm.add(t, 3900 * us, own("_find_and_load", "<frozen importlib._bootstrap>", 1349));
    cm.add(81 * ms, 34 * ms, own("main", "/srv/shop/thumbs.py", 60));
    const char* events[] = {"cache miss", "retry", "cache miss"};
    for (int i = 0; i < 3; ++i)
        b.addInstant({.time = (20 + 37 * i) * ms, .name = b.intern(events[i]), .track = main, .process = p});
    double rss = 96.4;
    for (int64_t t = 0; t < end; t += 900 * us) {
        rss = t == 93'600 * us ? 98.2 : rss + double(between(0, 20)) / 100;
        b.addCounterSample(p, "Memory", "rss", t, rss);
    }
    b.addFlow({.from = 22 * ms, .to = 40 * ms, .fromTrack = main, .toTrack = childMain, .name = b.intern("fork")});
    return b.finish().value();
}
