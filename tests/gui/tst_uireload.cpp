// SPDX-License-Identifier: GPL-3.0-or-later
// A reload replaces a tab's views: also those that are in use just then.
#include "ui/functionsview.h"
#include "ui_fixture.h"
#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QTableView>

using namespace calltide;
using namespace calltide::ui;
using namespace Qt::Literals;

class TestUiReload : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<UiFixture>();
        QVERIFY(m_fixture->open(m_fixture->writeShop()));
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void cleanup()
    {
        while (QWidget* menu = QApplication::activePopupWidget())
            menu->close();
    }

    void aMenuOverTheTimelineGoesWithIt()
    {
        Document* const before = shown();
        m_fixture->action(ActionId::Reload)->trigger();
        QTest::mouseClick(before->timeline(), Qt::RightButton, {}, middle(*before));
        QVERIFY(QApplication::activePopupWidget()); // and it has no event loop of its own
        QTRY_VERIFY(shown() && shown() != before);
        QVERIFY(!QApplication::activePopupWidget());
        QTest::mouseClick(shown()->timeline(), Qt::LeftButton, {}, middle(*shown()));
    }

    void aMenuOverATableGoesWithIt()
    {
        Document* const before = shown();
        auto* table = before->functions()->findChild<QTableView*>();
        QVERIFY(table);
        QTRY_VERIFY(table->model()->rowCount());
        m_fixture->action(ActionId::Reload)->trigger();
        Q_EMIT table->horizontalHeader()->customContextMenuRequested({4, 4});
        QVERIFY(QApplication::activePopupWidget());
        QTRY_VERIFY(shown() && shown() != before);
        QVERIFY(!QApplication::activePopupWidget());
    }

    void aNoteThatIsBeingWrittenIsKept()
    {
        Document* const before = shown();
        m_fixture->action(ActionId::Reload)->trigger();
        before->state()->addNote({.from = before->trace().begin(), .to = before->trace().begin()});
        before->timeline()->editNote();
        auto* editor = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(editor && before->timeline()->isAncestorOf(editor));
        QTest::keyClicks(editor, u"slow"_s);
        QTRY_VERIFY(shown() && shown() != before);
        m_fixture->action(ActionId::Reload)->trigger();
        Document* const second = shown();
        QTRY_VERIFY(shown() && shown() != second);
        QCOMPARE(shown()->state()->notes().size(), 1u);
        QCOMPARE(shown()->state()->notes().front().text, std::string("slow"));
    }

    void panelsTabsStayWhereTheyAre() // moving them by mouse is what Qt does not survive
    {
        int bars = 0;
        for (const QTabBar* bar : m_fixture->window->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
            QVERIFY(!bar->count() || !bar->isMovable());
            bars += bar->count() > 1;
        }
        QVERIFY(bars);
    }

    void aDragOverTheTimelineEndsWithIt()
    {
        Document* const before = shown();
        const QPoint at = middle(*before);
        QTest::mousePress(before->timeline(), Qt::LeftButton, {}, at);
        QTest::mouseMove(before->timeline(), at + QPoint(40, 0));
        m_fixture->action(ActionId::Reload)->trigger();
        QTRY_VERIFY(shown() && shown() != before);
        QTest::mouseMove(shown()->timeline(), at + QPoint(80, 0));
        QTest::mouseRelease(shown()->timeline(), Qt::LeftButton, {}, at + QPoint(80, 0));
        QVERIFY(!shown()->state()->area());
    }

private:
    Document* shown() const { return m_fixture->window->document(); }
    static QPoint middle(const Document& document) { return document.timeline()->rect().center(); }

    std::unique_ptr<UiFixture> m_fixture;
};

QTEST_MAIN(TestUiReload)
#include "tst_uireload.moc"
