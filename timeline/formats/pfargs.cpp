// SPDX-License-Identifier: GPL-3.0-or-later
#include "formats/pfargs.h"
#include "formats/jsontext.h"
#include "formats/output.h"
#include "formats/proto.h"
#include <charconv>
#include <cmath>

namespace calltide::formats::pf {

namespace {

constexpr int kGreatestDepth = 32;

std::string_view find(const Interned& in, uint64_t id)
{
    const auto it = in.find(id);
    return it == in.end() ? std::string_view() : it->second;
}

// A whole object, list or null; looked at, not checked in its inside.
bool isJson(std::string_view text)
{
    if (text == "null")
        return true;
    const char* end = text.data() + text.size();
    return (text.starts_with('{') || text.starts_with('[')) && json::skipValue(text.data(), end) == end;
}

void comma(std::string& json)
{
    if (!json.empty() && json.back() != '{' && json.back() != '[' && json.back() != ':')
        json += ',';
}

void appendReal(std::string& json, double v)
{
    char text[40];
    if (!std::isfinite(v)) {
        json += std::isnan(v) ? "\"NaN\"" : v > 0 ? "\"Infinity\"" : "\"-Infinity\"";
        return;
    }
    const auto r = std::to_chars(text, text + sizeof text, v);
    json.append(text, r.ptr);
}

bool appendValue(std::string& json, std::string_view annotation, const Interned& names, const Interned& values, int depth)
{
    bool whole = true, any = false;
    std::string dictionary, list;
    for (Proto p(annotation); p.next();) {
        const size_t before = json.size();
        switch (p.field) {
        case 2:
            json += p.number ? "true" : "false";
            break;
        case 3:
            json += std::to_string(p.number);
            break;
        case 4:
            json += std::to_string(p.asSigned());
            break;
        case 5:
            appendReal(json, p.asDouble());
            break;
        case 9:
            if (isJson(p.bytes))
                json += p.bytes;
            else
                appendJsonString(json, p.bytes);
            break;
        case 6:
            appendJsonString(json, p.bytes);
            break;
        case 17:
            appendJsonString(json, find(values, p.number));
            break;
        case 7: {
            char text[24];
            const auto r = std::to_chars(text, text + sizeof text, p.number, 16);
            appendJsonString(json, "0x" + std::string(text, r.ptr));
            break;
        }
        case 11:
            if (depth < kGreatestDepth)
                whole = appendAnnotation(dictionary.empty() ? dictionary = "{" : dictionary, p.bytes, names, values, depth + 1) && whole;
            else
                whole = false;
            break;
        case 12:
            if (depth < kGreatestDepth) {
                list += list.empty() ? "[" : ",";
                whole = appendValue(list, p.bytes, names, values, depth + 1) && whole;
            } else {
                whole = false;
            }
            break;
        case 8:
        case 14:
            whole = false;
            break;
        default:
            break;
        }
        if (any && json.size() > before) // of several values the first counts
            json.resize(before);
        any = any || json.size() > before;
    }
    if (!any) {
        if (!dictionary.empty())
            json += dictionary + "}";
        else if (!list.empty())
            json += list + "]";
        else
            json += "null";
    }
    return whole;
}

} // namespace

bool appendAnnotation(std::string& json, std::string_view annotation, const Interned& names, const Interned& values, int depth)
{
    std::string_view name;
    for (Proto p(annotation); p.next();) {
        if (p.field == 1)
            name = find(names, p.number);
        else if (p.field == 10)
            name = p.bytes;
    }
    comma(json);
    appendJsonString(json, name);
    json += ':';
    return appendValue(json, annotation, names, values, depth);
}

} // namespace calltide::formats::pf
