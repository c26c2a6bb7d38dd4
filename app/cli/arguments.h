// SPDX-License-Identifier: GPL-3.0-or-later
// Options of one command: "--name VALUE", "--name=VALUE", "-o VALUE", flags; "--" ends them.
#pragma once
#include "store/result.h"
#include <QByteArray>
#include <QHash>
#include <QStringList>
#include <vector>

namespace calltide::cli {

struct Arguments
{
    QStringList words; // what is no option
    QHash<QString, QString> values;
    QStringList flags;

    bool has(const QString& flag) const { return flags.contains(flag); }
};

// `valued`: options that take a value ("-o", "--size"), `flags`: those that take none. "-o" and "--output" are told
// apart by the caller. The error is one sentence.
Result<Arguments> parseArguments(const QStringList& arguments, const QStringList& valued, const QStringList& flags);

// Commands; each gets the words behind its name and answers the exit status.
int record(const QStringList& arguments);
int attach(const QStringList& arguments);
int processes(const QStringList& arguments);
int exportTrace(const QStringList& arguments);
int pack(const QStringList& arguments);
int unpack(const QStringList& arguments);
int info(const QStringList& arguments);
int stats(const QStringList& arguments);
int screenshot(const QStringList& arguments);

// calltide's own arguments as they were given: in no encoding.
const std::vector<QByteArray>& givenArguments();

int fail(const QString& sentence); // prints it, answers 1
int usageError(const QString& sentence, const char* command); // prints it and where to look, answers 2
void print(const QString& text); // to stdout, as UTF-8
int help(const QString& command); // prints that of a command, or the general one; answers 0
QString shortPath(const QString& path); // from here, if it lies below

} // namespace calltide::cli
