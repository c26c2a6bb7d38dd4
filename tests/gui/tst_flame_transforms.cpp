// SPDX-License-Identifier: GPL-3.0-or-later
// Every transform of the flame graph by its key, and the way back.
#include "flame_window.h"
#include <QLineEdit>

using namespace flamewindow;

class TestFlameTransforms : public QObject, private flamewindow::FlameWindow
{
    Q_OBJECT
private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void transformsByKeyAndUndoneOneByOne()
    {
        open(webshop());
        m_canvas->setFocus();
        const int64_t before = m_canvas->scene().tree()->scopeTime();
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("UserHandler.get"));
        QTest::keyClick(m_canvas, Qt::Key_D);
        m_view->waitForTree();
        QCOMPARE(node("UserHandler.get"), 0u);
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), before - 359000);
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("Handle._run"));
        QTest::keyClick(m_canvas, Qt::Key_M);
        m_view->waitForTree();
        QCOMPARE(node("Handle._run"), 0u);
        QVERIFY(node("OrderHandler.list"));
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), before - 359000);
        QCOMPARE(crumbs(), u"All › without UserHandler.get › Handle._run merged ×"_s);
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        m_view->waitForTree();
        QVERIFY(node("Handle._run"));
        QCOMPARE(crumbs(), u"All › without UserHandler.get ×"_s);
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        m_view->waitForTree();
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), before);
        QCOMPARE(crumbs(), QString());
    }

    void onlyOnePathIsLeftByItsKey()
    {
        open(webshop());
        m_canvas->setFocus();
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("handle_request"));
        QTest::keyClick(m_canvas, Qt::Key_S, Qt::ShiftModifier);
        m_view->waitForTree();
        QCOMPARE(m_canvas->scene().tree()->scopeTime(), int64_t(190000));
        QCOMPARE(m_canvas->scene().tree()->node(node("handle_request")).depth, 1u);
        QTest::keyClick(m_canvas, Qt::Key_A); // no transform: nothing happens
        m_view->waitForTree();
        QVERIFY(crumbs().startsWith(u"All › only handle_"_s));
    }

    void everyLetterDoesItsTransform_data()
    {
        QTest::addColumn<QString>("frame");
        QTest::addColumn<int>("key");
        QTest::addColumn<bool>("shift");
        QTest::addColumn<QString>("crumb");
        QTest::newRow("m") << u"Handle._run"_s << int(Qt::Key_M) << false << u"Handle._run merged"_s;
        QTest::newRow("M") << u"Handle._run"_s << int(Qt::Key_M) << true << u"Handle._run merged on its path"_s;
        QTest::newRow("f") << u"UserHandler.get"_s << int(Qt::Key_F) << false << u"only UserHandler.get"_s;
        QTest::newRow("F") << u"UserHandler.get"_s << int(Qt::Key_F) << true << u"only UserHandler.get on its path"_s;
        QTest::newRow("c") << u"render_json"_s << int(Qt::Key_C) << false << u"all in render_json merged"_s;
        QTest::newRow("C") << u"render_json"_s << int(Qt::Key_C) << true << u"render_json.py merged"_s;
        QTest::newRow("d") << u"render_json"_s << int(Qt::Key_D) << false << u"without render_json"_s;
        QTest::newRow("r") << u"render_json"_s << int(Qt::Key_R) << false << u"recursion of render_json merged"_s;
        QTest::newRow("R") << u"render_json"_s << int(Qt::Key_R) << true << u"direct recursion of render_json merged"_s;
        QTest::newRow("g") << u"UserHandler.get"_s << int(Qt::Key_G) << false << u"only UserHandler.get"_s;
    }
    void everyLetterDoesItsTransform()
    {
        QFETCH(QString, frame);
        QFETCH(int, key);
        QFETCH(bool, shift);
        QFETCH(QString, crumb);
        open(webshop());
        m_canvas->setFocus();
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle(qPrintable(frame)));
        QTest::keyClick(m_canvas, Qt::Key(key), shift ? Qt::ShiftModifier : Qt::NoModifier);
        m_view->waitForTree();
        QString shown = crumbs();
        QVERIFY2(shown.startsWith(u"All › "_s + crumb.left(12)), qPrintable(shown));
        QTest::keyClick(m_canvas, Qt::Key_Escape);
        m_view->waitForTree();
        QCOMPARE(crumbs(), QString());
    }

    void whatAFunctionCallsBecomesItsOwnTime()
    {
        open(webshop());
        m_canvas->setFocus();
        QTest::mouseClick(m_canvas, Qt::LeftButton, {}, middle("render_json"));
        QTest::keyClick(m_canvas, Qt::Key_C);
        m_view->waitForTree();
        QCOMPARE(node("serialize"), 0u);
        QCOMPARE(m_canvas->scene().tree()->node(node("render_json")).self, int64_t(122000));
        QCOMPARE(m_canvas->scene().tree()->node(node("render_json")).calls, uint64_t(1));
    }

    // The field keeps its room: what stands beside it gives way.
    void theFilterCanBeReadAtAnyWidth()
    {
        open(webshop());
        auto* bar = m_view->findChild<flameview::FlameBar*>();
        auto* field = bar->findChild<QLineEdit*>();
        for (int width = 1400; width >= 480; width -= 20) {
            m_view->resize(width, 300);
            QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
            QVERIFY2(field->isVisible() && field->width() >= 140, qPrintable(QString::number(width)));
            int right = 0;
            for (QWidget* w : bar->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
                if (w->isVisible() && w != field) {
                    QVERIFY2(w->width() >= w->minimumSizeHint().width(), qPrintable(QString::number(width)));
                    right = std::max(right, w->geometry().right());
                }
            QVERIFY2(right < field->x(), qPrintable(QString::number(width)));
            QVERIFY(field->geometry().right() < width);
        }
    }
};

QTEST_MAIN(TestFlameTransforms)
#include "tst_flame_transforms.moc"
