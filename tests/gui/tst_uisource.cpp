// SPDX-License-Identifier: GPL-3.0-or-later
// The source pane: what stands beside the lines, which call is shown, where a click leads.
#include "render/viewstate.h"
#include "ui/callview.h"
#include "ui/functionsview.h"
#include "ui/linefigures.h"
#include "ui/paneexport.h"
#include "ui/qsci.h"
#include "ui/sourcegutter.h"
#include "ui/sourceview.h"
#include "ui/text.h"
#include "ui_fixture.h"
#include <QLabel>
#include <QTableView>
#include <QToolButton>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::StringLiterals;

namespace {
std::vector<int> linesOf(const SourceOutline& outline, int from, std::string_view name)
{
    const auto names = outline.calledNames(outline.ownLines(from));
    const auto found = names.find(name);
    return found == names.end() ? std::vector<int>() : found->second;
}
} // namespace

class TestUiSource : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<UiFixture>();
        m_fixture->window->resize(1920, 1080);
        m_document = m_fixture->open(m_fixture->writeShop());
        QVERIFY(m_document);
        m_source = m_document->source();
        QTRY_VERIFY(m_document->functions()->isReady());
    }
    void cleanupTestCase() { m_fixture.reset(); }

    void anOutlineKnowsWhatIsAFunctionsOwn()
    {
        const SourceOutline outline("@wrap(1)\n"                     // 1
                                    "def outer(a,\n"                 // 2
                                    "          b=make()):\n"         // 3
                                    "    \"\"\"calls load() not\n"   // 4
                                    "at all\"\"\"\n"                 // 5
                                    "    x = load(  # load()\n"      // 6
                                    "        inner())\n"             // 7
                                    "    def inner():\n"             // 8
                                    "        return load()\n"        // 9
                                    "# nothing\n"                    // 10
                                    "    return load (x)\n"          // 11
                                    "def other():\n"                 // 12
                                    "    s = 'it\\'s load()'; load()\n" // 13
                                    "after(load)\n");                // 14
        QCOMPARE(outline.ownLines(1), (std::vector<int>{2, 3, 4, 5, 6, 7, 8, 11}));
        QCOMPARE(linesOf(outline, 1, "load"), (std::vector<int>{6, 11}));
        QCOMPARE(linesOf(outline, 1, "inner"), (std::vector<int>{7}));
        QCOMPARE(linesOf(outline, 1, "outer"), std::vector<int>());
        QCOMPARE(linesOf(outline, 8, "load"), (std::vector<int>{9}));
        QCOMPARE(linesOf(outline, 12, "load"), (std::vector<int>{13}));
        QCOMPARE(linesOf(outline, 0, "after"), (std::vector<int>{14}));
        QCOMPARE(linesOf(outline, 0, "load"), std::vector<int>());
        QCOMPARE(linesOf(outline, 99, "load"), std::vector<int>());
        QCOMPARE(calledBy("Shop.checkout"), std::string_view("checkout"));
        QCOMPARE(calledBy("Shop.__init__"), std::string_view("Shop"));
        QCOMPARE(calledBy("main.<locals>.<lambda>"), std::string_view());
        for (const char* broken : {"", "'", "\"\"\"", "\\", "def", "def f(", "'\\", "@", "((((\n))))\n'''"})
            (void)SourceOutline(broken).ownLines(1);
    }

    void timeAndCallsStandBesideTheLines()
    {
        m_document->state()->select(store::SliceIndex(0)); // main
        QTRY_COMPARE(m_source->gutter()->figures().size(), size_t(3));
        const auto& figures = m_source->gutter()->figures();
        QCOMPARE(figures[0].line, 1);
        QVERIFY(figures[0].definition);
        QCOMPARE(figures[0].calls, uint64_t(3));
        QCOMPARE(figures[0].total, int64_t(60'000'000));
        QCOMPARE(figures[1].line, 6);
        QCOMPARE(figures[1].total, int64_t(100'000'000));
        QCOMPARE(figures[2].line, 8); // work(i, 'x')
        QVERIFY(!figures[2].definition && figures[2].byName);
        QCOMPARE(figures[2].calls, uint64_t(3));
        QCOMPARE(figures[2].total, int64_t(60'000'000));
        QVERIFY(m_source->gutter()->tipFor(8).contains(u"work"_s));
        QVERIFY(m_source->gutter()->tipFor(8).contains(u"Found by name"_s));
        QVERIFY(m_source->gutter()->tipFor(7).isEmpty());
        // They are drawn where their line stands, and nowhere else.
        const QImage image = m_source->gutter()->grab().toImage();
        const double ratio = image.devicePixelRatio();
        const QColor paper = m_fixture->appearance.color(u"bg.panel");
        const auto stripe = [&](int line) {
            return image.pixelColor(int(ratio), int(m_source->gutter()->lineRect(line).center().y() * ratio));
        };
        QVERIFY(stripe(8) != paper && stripe(1) != paper);
        QCOMPARE(stripe(3), paper);
    }

    void aClickOnAFigureOutlinesItsFunction()
    {
        render::ViewState* state = m_document->state();
        state->select(store::SliceIndex(0));
        QTRY_COMPARE(m_source->gutter()->figures().size(), size_t(3));
        const store::FunctionId work = m_document->trace().functionOf(1);
        QTest::mouseClick(m_source->gutter(), Qt::LeftButton, {}, m_source->gutter()->lineRect(8).center());
        QCOMPARE(state->highlighted(), work);
        QCOMPARE(state->selected(), store::SliceIndex(0));
    }

    void recursionCountsOnceBesideALine()
    {
        Document* document = m_fixture->open(m_fixture->write(u"recursion.json"_s, R"json([
{"ph":"X","name":"f","pid":1,"tid":1,"ts":0,"dur":100},{"ph":"X","name":"f","pid":1,"tid":1,"ts":10,"dur":50},
{"ph":"X","name":"f","pid":1,"tid":1,"ts":20,"dur":10},{"ph":"X","name":"g","pid":1,"tid":1,"ts":22,"dur":4},
{"ph":"X","name":"f","pid":1,"tid":1,"ts":200,"dur":20},{"ph":"X","name":"f","pid":1,"tid":1,"ts":205,"dur":5}])json"));
        QVERIFY(document);
        const store::Trace& trace = document->trace();
        const auto calls = collectFunctionCalls(trace, trace.functionOf(0), store::kNoSlice, {});
        QCOMPARE(calls.calls, uint64_t(5));
        QCOMPARE(calls.callees.size(), size_t(2));
        QCOMPARE(calls.callees[0].calls, uint64_t(3));
        QCOMPARE(calls.callees[0].total, int64_t(55'000)); // 50 + 5 µs, the one inside the 50 is in them
        QCOMPARE(calls.callees[1].calls, uint64_t(1)); // g
        QCOMPARE(calls.callees[1].total, int64_t(4'000));
        m_fixture->action(ActionId::CloseTab)->trigger();
    }

    void theCallsOfTheFunctionAreWalked()
    {
        render::ViewState* state = m_document->state();
        state->select(store::SliceIndex(2)); // the second work
        auto* which = m_source->findChild<QLabel*>(u"whichCall"_s);
        auto* next = m_source->findChild<QToolButton*>(u"nextCall"_s);
        auto* previous = m_source->findChild<QToolButton*>(u"previousCall"_s);
        QTRY_COMPARE(which->text(), u"call 2 of 3"_s);
        QTest::mouseClick(next, Qt::LeftButton);
        QCOMPARE(state->selected(), store::SliceIndex(3));
        QTRY_COMPARE(which->text(), u"call 3 of 3"_s);
        QVERIFY(!next->isEnabled());
        QTest::mouseClick(previous, Qt::LeftButton);
        QTRY_COMPARE(which->text(), u"call 2 of 3"_s);
        QTest::mouseClick(previous, Qt::LeftButton);
        QTRY_COMPARE(which->text(), u"call 1 of 3"_s);
        QVERIFY(!previous->isEnabled());
    }

    void whatTheCallWasGivenStandsAboveItsSource()
    {
        auto* values = m_source->findChild<QLabel*>(u"values"_s);
        m_document->state()->select(store::SliceIndex(1));
        QTRY_VERIFY(values->isVisible());
        QVERIFY(values->text().startsWith(u"work(n=8, who=<b>me</b>"_s) || values->toolTip().contains(u"work(n=8"_s));
        m_document->state()->select(store::SliceIndex(2)); // nothing was recorded of it
        QTRY_VERIFY(!values->isVisible());
    }

    void ctrlClickOnANameLeadsToItsFunction()
    {
        m_document->state()->select(store::SliceIndex(0));
        QTRY_COMPARE(m_source->gutter()->figures().size(), size_t(3));
        auto* editor = m_source->findChild<QsciScintilla*>();
        const long position = editor->SendScintilla(QsciScintilla::SCI_FINDCOLUMN, 7ul, 9l); // in "work" of line 8
        const QPoint at(int(editor->SendScintilla(QsciScintilla::SCI_POINTXFROMPOSITION, 0ul, position)),
            int(editor->SendScintilla(QsciScintilla::SCI_POINTYFROMPOSITION, 0ul, position)) + 4);
        QCOMPARE(m_source->markedLine(), 6);
        QTest::mouseClick(editor->viewport(), Qt::LeftButton, Qt::ControlModifier, at);
        QCOMPARE(m_source->markedLine(), 1);
        QCOMPARE(m_document->state()->highlighted(), m_document->trace().functionOf(1));
    }

    void aCallIsComparedWithAllOfItsFunction()
    {
        m_document->state()->select(store::SliceIndex(3));
        auto* rank = m_document->call()->findChild<QWidget*>(u"rank"_s);
        QTRY_VERIFY(rank->isVisible());
        bool said = false;
        for (const QLabel* label : rank->findChildren<QLabel*>())
            said |= label->text().contains(u"0 % of 3 calls"_s); // all took the same
        QVERIFY(said);
        m_document->state()->select(store::SliceIndex(0)); // the only one
        QTRY_VERIFY(!rank->isVisible());
    }

    void namesOfAMegabyteAreShownByTheirBeginning()
    {
        const QByteArray name(1 << 20, 'n');
        Document* document = m_fixture->open(m_fixture->write(u"long.json"_s,
            "[{\"ph\":\"X\",\"name\":\"" + name + "\",\"pid\":1,\"tid\":1,\"ts\":0,\"dur\":10},"
            "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":1,\"args\":{\"name\":\"" + name + "\"}}]"));
        QVERIFY(document);
        QTRY_VERIFY(document->functions()->isReady());
        const QAbstractItemModel* model = document->functions()->table()->model();
        QCOMPARE(model->index(0, 0).data().toString(), QString(kLongestShown, u'n') + u'…');
        QCOMPARE(model->index(0, 0).data(kFileRole).toString().size(), name.size()); // files have all of it
        document->state()->select(store::SliceIndex(0));
        QVERIFY(m_source->window()->minimumSizeHint().width() <= 800 && document->source()->minimumSizeHint().width() <= 240);
        for (const QLabel* label : m_fixture->window->findChildren<QLabel*>())
            QVERIFY(label->text().size() <= 2 * kLongestShown && label->toolTip().size() <= 2 * kLongestShown);
        QVERIFY(document->context()->threadName(store::TrackId(0u)).size() <= kLongestShown + 1);
        QCOMPARE(document->context()->processName(store::ProcessId(0u)), u"Process 1"_s);
        QCOMPARE(labelText("Gr\xC3\xB6\xC3\x9F""e"), u"Größe"_s);
        m_fixture->action(ActionId::CloseTab)->trigger();
    }

    void aNarrowPanelKeepsTheStripe()
    {
        SourceGutter* gutter = m_source->gutter();
        gutter->fitInto(500);
        const int wide = gutter->width();
        gutter->fitInto(280);
        const int middle = gutter->width();
        gutter->fitInto(150);
        QVERIFY(wide > middle && middle > gutter->width());
        QCOMPARE(gutter->width(), 3);
        gutter->fitInto(m_source->width());
    }

private:
    std::unique_ptr<UiFixture> m_fixture;
    Document* m_document = nullptr;
    SourceView* m_source = nullptr;
};

QTEST_MAIN(TestUiSource)
#include "tst_uisource.moc"
